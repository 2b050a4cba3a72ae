// Makes the Nth write or sync of some files fail in the process it is preloaded into. The environment says which:
//   FAULT_PATH    part of the path of the files
//   FAULT_CALL    "write", "sync", "torn": a write that takes half of the bytes, and then one that fails, "hang": a
//                 sync, from the Nth on, that does not return before the switch is off, and does not fail, or "seize":
//                 a write that fails, after which each write and sync hangs so
//   FAULT_AT      N, counted over all threads and files, from 1
//   FAULT_STICKY  "1": all that follow fail as well
//   FAULT_ERRNO   what they fail with, a number
//   FAULT_SWITCH  calls count and fail only while this file exists
//   FAULT_HIT     a file that is created when a call was touched
//   FAULT_CHILD   a command that the process runs in a shell before the first of them
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum fate { PASS, CUT, FAIL };

static atomic_long calls;

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

static bool concerns(int descriptor) {
  if (access(setting("FAULT_SWITCH"), F_OK) != 0) return false;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = 0;
  return strstr(path, setting("FAULT_PATH")) != NULL;
}

static enum fate fate(int descriptor, bool is_sync) {
  const char *call = setting("FAULT_CALL");
  bool hangs = strcmp(call, "hang") == 0, seizes = strcmp(call, "seize") == 0;
  if (is_sync != (hangs || strcmp(call, "sync") == 0) && !seizes) return PASS;
  if (!concerns(descriptor)) return PASS;
  long late = atomic_fetch_add(&calls, 1) + 1 - atol(setting("FAULT_AT"));
  if (late < 0) return PASS;
  if (late == 0 && *setting("FAULT_CHILD") && system(setting("FAULT_CHILD")) != 0) abort();
  close(open(setting("FAULT_HIT"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  hangs |= seizes && late > 0;
  while (hangs && access(setting("FAULT_SWITCH"), F_OK) == 0) usleep(2000);
  if (hangs) return PASS;
  if (strcmp(call, "torn") == 0 && late-- == 0) return CUT;
  if (late > 0 && strcmp(setting("FAULT_STICKY"), "1") != 0) return PASS;
  errno = atoi(setting("FAULT_ERRNO"));
  return FAIL;
}

static size_t taken(enum fate fate, size_t size) { return fate == CUT ? (size + 1) / 2 : size; }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *bytes, size_t size) {
  enum fate what = fate(descriptor, false);
  return what == FAIL ? -1 : REAL(write)(descriptor, bytes, taken(what, size));
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
  enum fate what = fate(descriptor, false);
  return what == FAIL ? -1 : REAL(pwrite)(descriptor, bytes, taken(what, size), offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
  enum fate what = fate(descriptor, false);
  return what == FAIL ? -1 : REAL(pwrite64)(descriptor, bytes, taken(what, size), offset);
}

int fsync(int descriptor) { return fate(descriptor, true) == FAIL ? -1 : REAL(fsync)(descriptor); }

int fdatasync(int descriptor) { return fate(descriptor, true) == FAIL ? -1 : REAL(fdatasync)(descriptor); }
