# Prints what zsh completes the last word of a command line to.
#   zsh -f complete.zsh DIRECTORY SCRATCH LINE
# Completion wants a terminal, so a second zsh gets one; it completes when Control-X is typed, and writes what came of it
# into a file.
zmodload zsh/zpty
export FUNCTIONS=$1 SCRATCH=$2
rm -f $SCRATCH/completed
zpty shell zsh -f -i
zpty -w shell '
  fpath=($FUNCTIONS $fpath)
  autoload -Uz compinit && compinit -u -d $SCRATCH/zcompdump
  complete-line() { zle expand-or-complete; print -r -- ${LBUFFER% } >$SCRATCH/new; mv $SCRATCH/new $SCRATCH/completed }
  zle -N complete-line
  bindkey "^X" complete-line'
zpty -w -n shell "$3"$'\x18'
for try in {1..100}; do
  if [[ -s $SCRATCH/completed ]]; then break; fi
  sleep 0.1
done
zpty -d shell
line=$(<$SCRATCH/completed) && print -r -- ${line##* }
