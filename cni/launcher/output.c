/*
 * Standard output: the agent's bytes as they are, or an error of our own (CNI SPEC, "Error").
 */
#include "launcher.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_MAX 200 /* bytes of a path in a message */

/* False when it cannot be written. */
int write_all(int fd, const unsigned char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = write(fd, bytes, length);
    if (n < 0 && errno == EAGAIN) {
      struct pollfd ready = {fd, POLLOUT, 0};
      poll(&ready, 1, -1);
    } else if (n < 0 && errno != EINTR) {
      return 0;
    } else if (n > 0) {
      bytes += n;
      length -= (size_t)n;
    }
  }
  return 1;
}

/* Prints a CNI error and gives its exit status. Bytes beyond ASCII become `?`. */
int fail(struct failure why) {
  char quoted[SHOWN_MAX * 6 + 4] = "", line[sizeof quoted + 600];
  size_t n = 0, i = 0;
  for (; why.value[i] != '\0' && i < SHOWN_MAX; i++) {
    unsigned char c = (unsigned char)why.value[i];
    if (c < 0x20)
      n += (size_t)sprintf(quoted + n, "\\u%04x", c);
    else if (c == '"' || c == '\\')
      n += (size_t)sprintf(quoted + n, "\\%c", c);
    else
      quoted[n++] = c < 0x7f ? (char)c : '?';
  }
  strcpy(quoted + n, why.value[i] != '\0' ? "..." : "");
  int length = snprintf(line, sizeof line,
                        "{\"cniVersion\":\"%s\",\"code\":%d,"
                        "\"msg\":\"Cannot %s \\\"%s\\\": expected %s\",\"details\":\"%s\"}\n",
                        cni_version, why.code, why.what, quoted, why.wanted, why.details);
  write_all(STDOUT_FILENO, (const unsigned char *)line, (size_t)length);
  return 1;
}

