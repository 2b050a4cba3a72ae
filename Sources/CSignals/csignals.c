#include "csignals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

// Those that stop come first.
enum { STOPS = 2, ALL = 4 };
// timeout(1) sends its signal to the process and to its group; a person takes longer.
enum { SAME_STOP_MILLISECONDS = 1000 };
static const int numbers[ALL] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

static struct sigaction before[ALL];
static int caught;
// Lock-free, or a handler might wait for what it interrupts.
static atomic_uint counts[ALL];
// When the first stop came, by a clock that begins above 0; 0 before.
static atomic_llong stopped;
static atomic_int descriptor = -1;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2, "counted in a signal handler");

static void ring(void) {
  const uint64_t one = 1;
  int wake = atomic_load(&descriptor);
  // An eventfd that is full is readable as well.
  if (wake >= 0 && write(wake, &one, sizeof one) < 0) return;
}

enum stop { FIRST, SAME, FORCED };

static enum stop stop(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  const long long now = time.tv_sec * 1000LL + time.tv_nsec / 1000000 + 1;
  long long first = 0;
  if (atomic_compare_exchange_strong(&stopped, &first, now)) return FIRST;
  return now - first < SAME_STOP_MILLISECONDS ? SAME : FORCED;
}

static void note(int number) {
  int error = errno;
  for (int i = 0; i < ALL; i++) {
    if (numbers[i] != number) continue;
    enum stop what = i < STOPS ? stop() : FIRST;
    if (what == SAME) break;
    if (what == FORCED) _exit(128 + number);
    // First the count: whoever makes the descriptor reads the counts afterwards.
    atomic_fetch_add(&counts[i], 1);
    ring();
  }
  errno = error;
}

static void catch_up_to(int end) {
  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  for (; caught < end; caught++) sigaction(numbers[caught], &action, &before[caught]);
}

void csignals_catch_stops(void) { catch_up_to(STOPS); }

void csignals_catch_all(void) {
  catch_up_to(ALL);
  // Whoever starts the process may have blocked them, so that none comes before this.
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < ALL; i++) sigaddset(&set, numbers[i]);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void csignals_release(void) {
  while (caught > 0) {
    caught--;
    sigaction(numbers[caught], &before[caught], NULL);
    if (atomic_exchange(&counts[caught], 0) > 0) raise(numbers[caught]);
  }
}

unsigned csignals_take(int number) {
  for (int i = 0; i < ALL; i++) {
    if (numbers[i] == number) return atomic_exchange(&counts[i], 0);
  }
  return 0;
}

int csignals_descriptor(void) {
  if (atomic_load(&descriptor) < 0) {
    atomic_store(&descriptor, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    for (int i = 0; i < ALL; i++) {
      if (atomic_load(&counts[i]) > 0) ring();
    }
  }
  return atomic_load(&descriptor);
}

// Libraries' own initialisation comes after this, and takes longer. There is no thread yet.
static void at_first(int count, char **words, char **environment) {
  (void)environment;
  for (int i = 1; i < count; i++) {
    if (strcmp(words[i], "run") == 0) return csignals_catch_all();
  }
}

__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **, char **) = at_first;
