import ArgumentParser

struct CompletionCommand: ParsableCommand {
  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish
  }

  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print the completion script of a shell.",
    discussion: """
      The Debian package brings them along. Elsewhere: bash reads it with 'source <(watcher completion bash)', zsh \
      finds it as _watcher in a directory of $fpath, fish as watcher.fish in ~/.config/fish/completions.
      Example: watcher completion bash
      """)

  @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"))
  var shell: Shell

  func run() throws { try Output.write(Array(Self.script(shell).utf8)) }

  static func script(_ shell: Shell) -> String {
    switch shell {
    case .bash: joined(WatcherCommand.completionScript(for: .bash))
    case .zsh: WatcherCommand.completionScript(for: .zsh) + "\n"
    // fish 3 has an error instead of the place within the word, which nothing here asks for.
    case .fish: WatcherCommand.completionScript(for: .fish).replacing("(__watcher_tokens -tC)", with: "0") + "\n"
    }
  }

  /// bash splits words at colons, which nearly every tag has, and the parser's script knows nothing of that: the words
  /// are put together again for it, and what stands before the last colon is taken off again.
  private static func joined(_ script: String) -> String {
    script.replacing("complete -o filenames -F _watcher watcher", with: "")
      + #"""
      _watcher_joined() {
          local -a joined=()
          local -i index=0 current=0
          for ((index = 0; index < ${#COMP_WORDS[@]}; index++)); do
              local word="${COMP_WORDS[index]}"
              if [[ "${index}" -gt 1 && -n "${word}" && ("${word}" == :* || "${joined[-1]}" == *:) ]]; then
                  joined[-1]+="${word}"
              else
                  joined+=("${word}")
              fi
              if [[ "${index}" -eq "${COMP_CWORD}" ]]; then current=$((${#joined[@]} - 1)); fi
          done
          local -a COMP_WORDS=("${joined[@]}")
          local -i COMP_CWORD="${current}"
          local whole="${COMP_WORDS[COMP_CWORD]}"
          _watcher "${1}" "${whole}" "${COMP_WORDS[COMP_CWORD - 1]}"
          # As the name of a file it would be quoted, with its colons, and be another word for the next look.
          if [[ "${COMPREPLY[*]}" == *:* ]]; then compopt +o filenames 2>/dev/null; fi
          if [[ "${whole}" == *:* && "${COMP_WORDBREAKS}" == *:* ]]; then
              local before="${whole%"${whole##*:}"}"
              COMPREPLY=("${COMPREPLY[@]#"${before}"}")
          fi
      }

      complete -o filenames -F _watcher_joined watcher

      """#
  }
}
