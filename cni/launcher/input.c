/*
 * Standard input, and the one thing the launcher reads in it: the version to answer in.
 */
#include "launcher.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static unsigned char buffer[STDIN_MAX + 1];
struct bytes input = {buffer, 0};
char cni_version[17] = "1.1.0";

/* Reads standard input up to one byte more than is allowed. The errno, or 0. */
int read_input(void) {
  while (input.length < sizeof buffer) {
    ssize_t n = read(STDIN_FILENO, input.at + input.length, sizeof buffer - input.length);
    if (n == 0) return 0;
    if (n > 0) {
      input.length += (size_t)n;
    } else if (errno == EAGAIN) {
      struct pollfd ready = {STDIN_FILENO, POLLIN, 0};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

static size_t skip_space(size_t at) {
  while (at < input.length && memchr(" \t\r\n", input.at[at], 4) != NULL) at++;
  return at;
}

/* Echoes the value at `at`, a string of digits and dots. */
static void take_version(size_t at) {
  if (at >= input.length || input.at[at] != '"') return;
  size_t start = at + 1, end = start;
  while (end < input.length && end - start < sizeof cni_version && memchr("0123456789.", input.at[end], 11) != NULL) end++;
  if (end == input.length || input.at[end] != '"' || end == start || end - start >= sizeof cni_version) return;
  memcpy(cni_version, input.at + start, end - start);
  cni_version[end - start] = '\0';
}

/* Looks for the document's own "cniVersion": a string at depth 1 that a colon follows. */
void find_version(void) {
  size_t depth = 0, length = input.length;
  for (size_t i = 0; i < length; i++) {
    if (input.at[i] == '{' || input.at[i] == '[') depth++;
    if ((input.at[i] == '}' || input.at[i] == ']') && depth > 0) depth--;
    if (input.at[i] != '"') continue;
    size_t start = ++i;
    while (i < length && input.at[i] != '"') i += input.at[i] == '\\' ? 2 : 1;
    if (i >= length || depth != 1 || i - start != 10 || memcmp(input.at + start, "cniVersion", 10) != 0) continue;
    size_t colon = skip_space(i + 1);
    if (colon >= length || input.at[colon] != ':') continue;
    take_version(skip_space(colon + 1));
    return;
  }
}

