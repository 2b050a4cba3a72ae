// Signals that tell the process what to do: counted by a handler from the moment they are caught, read when there is
// somebody to read them. Nothing else belongs here; Swift code is not async-signal-safe (signal-safety(7)).
//
// A program that is started with the word `run` among its arguments has them caught before any other code of it or of
// its libraries runs. See docs/decisions/0019.

#ifndef CSIGNALS_H
#define CSIGNALS_H

// Catches SIGTERM and SIGINT; the second of them ends the process at once, with status 128 and its number. What comes
// within a second of the first is the same one.
void csignals_catch_stops(void);

// Catches SIGHUP and SIGUSR1 as well, and unblocks all four. What is caught already stays so.
void csignals_catch_all(void);

// Gives them back to whatever was done about them before, and what has come to the process again.
void csignals_release(void);

// How many have come since the last call.
unsigned csignals_take(int number);

// Readable (eight bytes, eventfd(2)) from the moment a signal comes; one that came before counts. Never blocks, closed
// on exec. -1 where there is none to be had. For one thread to call.
int csignals_descriptor(void);

#endif
