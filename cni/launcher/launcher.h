/*
 * What the files of the launcher share: its limits, its state, and what each offers the others.
 */
#ifndef BERTH_LAUNCHER_H
#define BERTH_LAUNCHER_H

#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>

#define STR2(x) #x
#define STR(x) STR2(x)
#define PROTOCOL 1         /* core/wire/protocol.ts: protocolVersion */
#define STDIN_MAX 1048576  /* stdinBytesMax */
#define ANSWER_MAX 1048576 /* answerBytesMax */
#define START_AGENT "start it: systemctl start berth-agent"
#define ASK_DOCTOR "run: berthctl doctor"

struct command {
  const char *name;
  int absent_ms; /* how long a socket may be missing */
  int busy_ms;   /* how long its queue may be full */
  int answer_ms;
  enum otherwise { FAIL_11, FAIL_50, SUCCEED, SPOOL } otherwise; /* what to do without an answer */
};

struct failure {
  int code;
  const char *what, *value, *wanted, *details; /* Cannot <what> "<value>": expected <wanted> */
};

struct bytes {
  unsigned char *at;
  size_t length;
};

/* berth.c */
extern uint64_t started_ns; /* CLOCK_BOOTTIME at the start */
int64_t elapsed_ms(void);   /* since the start */
const char *variable(const char *name, const char *otherwise);

/* input.c: standard input, one byte more than is allowed when there is more. */
extern struct bytes input;
extern char cni_version[17];
int read_input(void);
void find_version(void);

/* exchange.c */
struct sockaddr_un;
extern struct bytes request;
int encode_request(int64_t budget_ms);
int reach(const struct command *command, const struct sockaddr_un *to);
int exchange(int fd, int64_t deadline_ms);
int pass_on(int is_add);

/* spool.c */
int spool(const char *path);

/* output.c */
int write_all(int fd, const unsigned char *bytes, size_t length);
int fail(struct failure why);

#endif
