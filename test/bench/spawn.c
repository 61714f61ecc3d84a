/*
 * Starts one program many times and tells how long each took, from before its start to its end as seen by wait: the
 * clock of a runtime that executes a plugin. A program of its own, because starting processes from Node costs as much as
 * what is measured.
 *
 * spawn COUNT AT_ONCE FIRST NODES LIMIT_MS PROGRAM STDIN_FILE OUT_FILE NAME=VALUE...
 *
 * Each "@" in OUT_FILE and in a VALUE becomes the number of the start, from FIRST, and each "#" that number modulo NODES.
 * None is started when LIMIT_MS are over. One line for each that was started: nanoseconds and exit status. The last line:
 * "wall" and the nanoseconds from the first start to the last end; the processor time of all, microseconds; and what
 * memory the largest had, KiB.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { VALUE_MAX = 65536 };

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static char *numbered(const char *text, long number, long nodes) {
  char *out = malloc(VALUE_MAX);
  if (out == NULL) abort();
  size_t at = 0;
  for (; *text != '\0' && at < VALUE_MAX - 32; text += 1) {
    if (*text == '@') at += (size_t)sprintf(out + at, "%ld", number);
    else if (*text == '#') at += (size_t)sprintf(out + at, "%ld", number % nodes);
    else out[at++] = *text;
  }
  out[at] = '\0';
  return out;
}

struct start { pid_t pid; int64_t begun, ended; int status; };

int main(int argc, char **argv) {
  if (argc < 9) {
    fprintf(stderr, "usage: spawn COUNT AT_ONCE FIRST NODES LIMIT_MS PROGRAM STDIN_FILE OUT_FILE NAME=VALUE...\n");
    return 2;
  }
  long count = atol(argv[1]), at_once = atol(argv[2]), first = atol(argv[3]), nodes = atol(argv[4]);
  int64_t limit = (int64_t)atol(argv[5]) * 1000000;
  char *program = argv[6], *in = argv[7], *out = argv[8];
  struct start *starts = calloc((size_t)count, sizeof *starts);
  if (starts == NULL) abort();
  int variables = argc - 9;
  char *args[] = {program, NULL};
  int64_t begun = now();
  long started = 0, ended = 0;
  while (ended < count) {
    if (started < count && now() - begun > limit) count = started;
    while (started < count && started - ended < at_once) {
      char **env = calloc((size_t)variables + 1, sizeof *env);
      if (env == NULL) abort();
      for (int i = 0; i < variables; i += 1) env[i] = numbered(argv[9 + i], first + started, nodes);
      char *answer = numbered(out, first + started, nodes);
      posix_spawn_file_actions_t actions;
      posix_spawn_file_actions_init(&actions);
      posix_spawn_file_actions_addopen(&actions, 0, in, O_RDONLY, 0);
      posix_spawn_file_actions_addopen(&actions, 1, answer, O_WRONLY | O_CREAT | O_TRUNC, 0600);
      starts[started].begun = now();
      if (posix_spawn(&starts[started].pid, program, &actions, NULL, args, env) != 0) { perror(program); return 1; }
      posix_spawn_file_actions_destroy(&actions);
      for (int i = 0; i < variables; i += 1) free(env[i]);
      free(env);
      free(answer);
      started += 1;
    }
    if (ended == count) break;
    int status;
    pid_t pid = waitpid(-1, &status, 0);
    int64_t at = now();
    for (long i = 0; i < started; i += 1) {
      if (starts[i].pid != pid || starts[i].ended != 0) continue;
      starts[i].ended = at;
      starts[i].status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
      ended += 1;
      break;
    }
  }
  int64_t wall = now() - begun;
  for (long i = 0; i < count; i += 1) printf("%lld %d\n", (long long)(starts[i].ended - starts[i].begun), starts[i].status);
  struct rusage used;
  getrusage(RUSAGE_CHILDREN, &used);
  long long cpu = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
  printf("wall %lld %lld %ld\n", (long long)wall, cpu, used.ru_maxrss);
  return 0;
}
