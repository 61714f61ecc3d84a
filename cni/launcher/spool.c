/*
 * Keeps a DEL that no agent answered: one file, the same bytes as on the wire, written and then renamed.
 */
#include "launcher.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 4096
#define BYTES_MAX 67108864

/* FNV-1a, 64 bits, of container id, NUL, interface: core/wire/spool-name.ts. */
static uint64_t attachment_hash(void) {
  const char *parts[] = {variable("CNI_CONTAINERID", ""), variable("CNI_IFNAME", "")};
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char *c = parts[0]; *c != '\0'; c++) hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
  hash *= 0x100000001b3u;
  for (const char *c = parts[1]; *c != '\0'; c++) hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
  return hash;
}

/* Opens the directory, which is made where it is missing, and its parent with it. -1 with errno set. */
static int open_spool(const char *path) {
  const char *slash = strrchr(path, '/');
  if (mkdir(path, 0700) != 0 && errno == ENOENT && slash != NULL && slash != path) {
    char *parent = strndup(path, (size_t)(slash - path));
    if (parent == NULL) return -1;
    mkdir(parent, 0700);
    free(parent);
    mkdir(path, 0700);
  }
  return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Counts what is there. -1 with errno set, 0 when it is full. */
static int has_room(int dir) {
  size_t files = 0, bytes = request.length;
  int copy = dup(dir);
  DIR *listing = copy < 0 ? NULL : fdopendir(copy);
  if (listing == NULL) return -1;
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    struct stat file;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    files++;
    if (fstatat(dir, entry->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0) bytes += (size_t)file.st_size;
  }
  closedir(listing);
  return files < FILES_MAX && bytes <= BYTES_MAX;
}

/* Keeps the request for the agent to come. */
int spool(const char *path) {
  char name[80], temporary[90];
  unsigned long long hash = attachment_hash(), started = started_ns;
  snprintf(name, sizeof name, "%016llx-%llu-%ld", hash, started, (long)getpid());
  snprintf(temporary, sizeof temporary, ".tmp-%s", name);
  int dir = open_spool(path);
  int room = dir < 0 ? -1 : has_room(dir);
  if (room == 0)
    return fail((struct failure){5, "write spool", path, "fewer than 4096 calls and 64 MiB there", START_AGENT});
  int fd = room < 0 ? -1 : openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  int is_written = fd >= 0 && write_all(fd, request.at, request.length) && renameat(dir, temporary, dir, name) == 0;
  if (is_written) return 0;
  char details[60];
  snprintf(details, sizeof details, "errno %d; " ASK_DOCTOR, errno);
  if (fd >= 0) unlinkat(dir, temporary, 0);
  return fail((struct failure){5, "write spool", path, "a directory that can be written", details});
}

