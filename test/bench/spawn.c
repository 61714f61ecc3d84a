/*
 * Starts one program many times and tells how long each took, from before its start to its end as seen by wait: the
 * clock of a runtime that executes a plugin. A program of its own, because starting processes from Node costs as much as
 * what is measured.
 *
 * spawn COUNT AT_ONCE FIRST PROGRAM STDIN_FILE NAME=VALUE...
 *
 * Each "@" in a VALUE becomes the number of the start, from FIRST. One line for each: nanoseconds and exit status. The
 * last line: "wall" and the nanoseconds from the first start to the last end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { VALUE_MAX = 65536 };

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static char *numbered(const char *text, long number) {
  char *out = malloc(VALUE_MAX);
  if (out == NULL) abort();
  size_t at = 0;
  for (; *text != '\0' && at < VALUE_MAX - 32; text += 1) {
    if (*text == '@') at += (size_t)sprintf(out + at, "%ld", number);
    else out[at++] = *text;
  }
  out[at] = '\0';
  return out;
}

struct start { pid_t pid; int64_t begun, ended; int status; };

int main(int argc, char **argv) {
  if (argc < 6) { fprintf(stderr, "usage: spawn COUNT AT_ONCE FIRST PROGRAM STDIN_FILE NAME=VALUE...\n"); return 2; }
  long count = atol(argv[1]), at_once = atol(argv[2]), first = atol(argv[3]);
  struct start *starts = calloc((size_t)count, sizeof *starts);
  if (starts == NULL) abort();
  int variables = argc - 6;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, argv[5], O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  char *args[] = {argv[4], NULL};
  int64_t begun = now();
  long started = 0, ended = 0;
  while (ended < count) {
    while (started < count && started - ended < at_once) {
      char **env = calloc((size_t)variables + 1, sizeof *env);
      if (env == NULL) abort();
      for (int i = 0; i < variables; i += 1) env[i] = numbered(argv[6 + i], first + started);
      starts[started].begun = now();
      if (posix_spawn(&starts[started].pid, argv[4], &actions, NULL, args, env) != 0) { perror(argv[4]); return 1; }
      for (int i = 0; i < variables; i += 1) free(env[i]);
      free(env);
      started += 1;
    }
    int status;
    pid_t pid = waitpid(-1, &status, 0);
    int64_t at = now();
    for (long i = 0; i < started; i += 1) {
      if (starts[i].pid != pid) continue;
      starts[i].ended = at;
      starts[i].status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
      ended += 1;
      break;
    }
  }
  int64_t wall = now() - begun;
  for (long i = 0; i < count; i += 1) printf("%lld %d\n", (long long)(starts[i].ended - starts[i].begun), starts[i].status);
  printf("wall %lld\n", (long long)wall);
  return 0;
}
