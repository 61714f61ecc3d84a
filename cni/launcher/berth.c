/*
 * The executable a container runtime starts: sends its CNI environment and standard input to the agent, prints the
 * answer, and keeps a DEL for later when no agent answers. It decides nothing.
 *
 * berth.ts and the files beside it behave the same byte for byte; test/conformance/launcher holds both to it.
 */
#include "launcher.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_SOCKET "/run/berth/agent.sock"
#define DEFAULT_SPOOL "/run/berth/spool"
#define USAGE \
  "berth: a CNI IPAM plugin, started by a container runtime with CNI_COMMAND in its environment\n" \
  "Usage: berth --version | --help\n" \
  "Environment: BERTH_SOCKET (/run/berth/agent.sock), BERTH_SPOOL (/run/berth/spool)\n"

/* The times are PROTOCOL 7's. */
static const struct command commands[] = {
    {"ADD", 10000, 10000, 27000, FAIL_11},
    {"CHECK", 10000, 10000, 11000, FAIL_11},
    {"DEL", 0, 1000, 6000, SPOOL},
    {"GC", 0, 1000, 31000, SUCCEED},
    {"STATUS", 0, 0, 3000, FAIL_50},
};

static int64_t begun_ms; /* CLOCK_MONOTONIC */
uint64_t started_ns;

int64_t elapsed_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 - begun_ms;
}

const char *variable(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0' ? value : otherwise;
}

/* What happens without an answer; `wanted` goes after "expected". */
static int give_up(const struct command *command, const char *wanted, const char *details) {
  if (command->otherwise == SUCCEED) return 0;
  if (command->otherwise == SPOOL) return spool(variable("BERTH_SPOOL", DEFAULT_SPOOL));
  int code = command->otherwise == FAIL_50 ? 50 : 11;
  return fail((struct failure){code, "reach agent", variable("BERTH_SOCKET", DEFAULT_SOCKET), wanted, details});
}

static int serve(const struct command *command) {
  const char *path = variable("BERTH_SOCKET", DEFAULT_SOCKET);
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  int is_too_long = strlen(path) >= sizeof to.sun_path;
  if (!is_too_long) memcpy(to.sun_path, path, strlen(path));
  int fd = is_too_long ? -1 : reach(command, &to);
  /* A DEL has its budget in all, the others have theirs from the connection on. */
  int64_t deadline_ms = command->answer_ms + (command->otherwise == SPOOL ? 0 : elapsed_ms());
  if (!encode_request(deadline_ms))
    return fail((struct failure){5, "read request", "standard input", "memory for it", ASK_DOCTOR});
  if (is_too_long) return give_up(command, "a path of at most 107 bytes", "set BERTH_SOCKET to a shorter one");
  if (fd < 0) return give_up(command, "an agent that listens there", START_AGENT);
  int status = exchange(fd, deadline_ms) ? pass_on(strcmp(command->name, "ADD") == 0) : -1;
  if (status >= 0) return status;
  close(fd); /* tells the agent that nobody waits any more */
  char wanted[60];
  snprintf(wanted, sizeof wanted, "a whole answer within %d s", command->answer_ms / 1000);
  return give_up(command, wanted, ASK_DOCTOR);
}

static int print(const char *text) {
  return write_all(STDOUT_FILENO, (const unsigned char *)text, strlen(text)) ? 0 : 1;
}

/* Without CNI_COMMAND a person has started it. */
static int usage(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0)
    return print("berth-launcher " BERTH_VERSION " (protocol " STR(PROTOCOL) ")\n");
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return print(USAGE);
  write_all(STDERR_FILENO, (const unsigned char *)USAGE, sizeof USAGE - 1);
  return 2;
}

static int execute(const char *name) {
  int unreadable = read_input();
  find_version();
  if (strcmp(name, "VERSION") == 0) {
    char line[160];
    snprintf(line, sizeof line,
             "{\"cniVersion\":\"%s\",\"supportedVersions\":"
             "[\"0.1.0\",\"0.2.0\",\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}\n",
             cni_version);
    return print(line);
  }
  const struct command *command = commands, *end = commands + sizeof commands / sizeof *commands;
  while (command < end && strcmp(command->name, name) != 0) command++;
  if (command == end)
    return fail((struct failure){4, "use environment variable", "CNI_COMMAND", "ADD, CHECK, DEL, GC, STATUS or VERSION",
                                 "the runtime sets it: look at its version and its log"});
  if (command->otherwise == SPOOL) {
    /* A DEL never needs standard input. */
    if (unreadable != 0 || input.length > STDIN_MAX) input.length = 0;
  } else if (unreadable != 0) {
    char details[60];
    snprintf(details, sizeof details, "errno %d; the runtime passes it: look at its log", unreadable);
    return fail((struct failure){5, "read request", "standard input", "a file that can be read", details});
  } else if (input.length > STDIN_MAX) {
    return fail((struct failure){107, "read request", "standard input", "at most " STR(STDIN_MAX) " bytes",
                                 "make the network configuration smaller than 1 MiB"});
  }
  return serve(command);
}

int main(int argc, char **argv) {
  struct timespec now;
  int fd;
  clock_gettime(CLOCK_BOOTTIME, &now);
  started_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  begun_ms = elapsed_ms();
  /* With a standard file closed, the socket would take its number and be written to as if it were output. */
  while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO) continue;
  if (fd >= 0) close(fd);
  signal(SIGPIPE, SIG_IGN);
  const char *command = variable("CNI_COMMAND", NULL);
  return command == NULL ? usage(argc, argv) : execute(command);
}
