/*
 * One request to the agent and its answer (core/wire/request.ts, core/wire/answer.ts).
 */
#include "launcher.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define RETRY_MS 50

static unsigned char answer[ANSWER_MAX + 1];
static size_t answer_length;
struct bytes request;

/* False without memory. */
int encode_request(int64_t budget_ms) {
  char ours[160];
  unsigned long long started = started_ns;
  size_t n = (size_t)snprintf(ours, sizeof ours,
                              "BERTH_PROTOCOL=" STR(PROTOCOL) "%cBERTH_STARTED=%llu%cBERTH_BUDGET=%lld%cBERTH_STDIN=%zu%c",
                              0, started, 0, (long long)budget_ms, 0, input.length, 0);
  size_t length = n + 1 + input.length;
  for (char **entry = environ; *entry != NULL; entry++)
    if (strncmp(*entry, "CNI_", 4) == 0 && strchr(*entry, '=') != NULL) length += strlen(*entry) + 1;
  request.at = malloc(length);
  if (request.at == NULL) return 0;
  memcpy(request.at, ours, n);
  for (char **entry = environ; *entry != NULL; entry++) {
    if (strncmp(*entry, "CNI_", 4) != 0 || strchr(*entry, '=') == NULL) continue;
    memcpy(request.at + n, *entry, strlen(*entry) + 1);
    n += strlen(*entry) + 1;
  }
  request.at[n++] = '\0';
  memcpy(request.at + n, input.at, input.length);
  request.length = length;
  return 1;
}

/* A connection, or -1. */
int reach(const struct command *command, const struct sockaddr_un *to) {
  for (;;) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    if (connect(fd, (const struct sockaddr *)to, sizeof *to) == 0) return fd;
    int why = errno, limit_ms = 0;
    close(fd);
    if (why == ENOENT || why == ECONNREFUSED) limit_ms = command->absent_ms;
    if (why == EAGAIN) limit_ms = command->busy_ms;
    if (why != EINTR && elapsed_ms() + RETRY_MS > limit_ms) return -1;
    poll(NULL, 0, RETRY_MS);
  }
}

/* Sends the request and reads to the end of the stream. False when it was not sent whole or the time is over. */
int exchange(int fd, int64_t deadline_ms) {
  size_t sent = 0;
  for (;;) {
    ssize_t n = sent < request.length ? send(fd, request.at + sent, request.length - sent, 0)
                                      : recv(fd, answer + answer_length, sizeof answer - answer_length, 0);
    if (n >= 0 && sent < request.length) {
      sent += (size_t)n;
    } else if (n > 0) {
      answer_length += (size_t)n;
      if (answer_length == sizeof answer) return 1;
    } else if (n == 0 || (errno == ECONNRESET && sent == request.length)) {
      return 1;
    } else if (errno == EAGAIN) {
      int64_t left_ms = deadline_ms - elapsed_ms();
      struct pollfd ready = {fd, (short)(sent < request.length ? POLLOUT : POLLIN), 0};
      if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) == 0) return 0;
    } else if (errno != EINTR) {
      return 0;
    }
  }
}

/* Passes a whole answer on (core/wire/answer.ts says what is one). The exit status, or -1. */
int pass_on(int is_add) {
  size_t digits = 0;
  int status = 0;
  for (; digits < answer_length && digits < 3 && answer[digits] >= '0' && answer[digits] <= '9'; digits++)
    status = status * 10 + (answer[digits] - '0');
  if (digits == 0 || digits == answer_length || answer[digits] != '\n') return -1;
  if (status > 255 || answer_length > ANSWER_MAX) return -1;
  size_t from = digits + 1;
  if (from == answer_length ? status != 0 || is_add : answer[answer_length - 1] != '\n') return -1;
  return write_all(STDOUT_FILENO, answer + from, answer_length - from) ? status : 1;
}

