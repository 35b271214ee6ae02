/** What a shell needs to complete our words: a function that asks `sallyport __complete` and offers what it answers. */

export type Shell = 'bash' | 'zsh' | 'fish'

/** A candidate in each line, a tab and what it means behind it. This line instead of all: names of files. */
export const FILES = ':files'

/** Bash cuts words at colons and equals signs: `__complete bash` puts them together and answers what is missing behind the cut. */
const BASH = `# Completion of sallyport for bash.
_sallyport() {
  local line answers=()
  mapfile -t answers < <("\${COMP_WORDS[0]}" __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=()
  if [[ "\${answers[0]:-}" == ':files' ]]; then
    compopt -o default 2>/dev/null
    return
  fi
  for line in "\${answers[@]}"; do
    COMPREPLY+=("$(printf '%q' "\${line%%$'\\t'*}")")
  done
}
complete -F _sallyport sallyport
`

const ZSH = `#compdef sallyport
# Completion of sallyport for zsh.
_sallyport() {
  local -a answers described
  local line
  answers=("\${(@f)$("\${words[1]}" __complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${answers[1]}" == ':files' ]]; then
    _files
    return
  fi
  for line in "\${answers[@]}"; do
    [[ -n "$line" ]] || continue
    described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'sallyport' described
}
if [[ "\${funcstack[1]}" == '_sallyport' ]]; then
  _sallyport "$@"
else
  compdef _sallyport sallyport
fi
`

const FISH = `# Completion of sallyport for fish.
function __sallyport_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l answers ($words[1] __complete fish -- $words[2..-1] 2>/dev/null)
    if test "$answers[1]" = ':files'
        __fish_complete_path (commandline -ct)
        return
    end
    printf '%s\\n' $answers
end
complete -c sallyport -f -a '(__sallyport_complete)'
`

export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
