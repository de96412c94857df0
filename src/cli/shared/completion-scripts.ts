export const SHELLS = ["bash", "fish", "powershell", "zsh"] as const;
export type Shell = (typeof SHELLS)[number];

/** Code that a shell evaluates; it asks `PROGRAM __complete WORDS...` at each completion. */
export function completionScript(shell: Shell, program: string): string {
  const functionName = `__${program.replaceAll(/[^A-Za-z0-9]/g, "_")}_complete`;
  return SCRIPTS[shell].replaceAll("@PROGRAM@", program).replaceAll("@FUNCTION@", functionName).trimStart();
}

const bash = String.raw`
# bash completion for @PROGRAM@
@FUNCTION@() {
    local line="${"$"}{COMP_LINE:0:COMP_POINT}" current="${"$"}{COMP_WORDS[COMP_CWORD]}" output directive candidate
    local -a words
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    output=$("${"$"}{words[0]}" __completeNoDesc "${"$"}{words[@]:1}" 2>/dev/null) || return
    directive=${"$"}{output##*:}
    output=${"$"}{output%:*}
    # The shell may have cut the last word at = or :, and then wants only what follows.
    local last="${"$"}{words[${"$"}{#words[@]}-1]}"
    [[ $current == "=" || $current == ":" ]] && current=""
    local prefix="${"$"}{last%"$current"}"
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -n $candidate ]] && COMPREPLY+=("${"$"}{candidate#"$prefix"}")
    done <<<"$output"
    if (( (directive & 2) != 0 )); then compopt -o nospace 2>/dev/null; fi
    if (( (directive & 4) == 0 && ${"$"}{#COMPREPLY[@]} == 0 )); then compopt -o default 2>/dev/null; fi
}
complete -F @FUNCTION@ @PROGRAM@
`;

const zsh = String.raw`
#compdef @PROGRAM@
# zsh completion for @PROGRAM@
@FUNCTION@() {
    local output directive line
    local -a candidates
    output=$("${"$"}{words[1]}" __complete "${"$"}{(@)words[2,CURRENT]}" 2>/dev/null) || return
    directive=${"$"}{output##*:}
    for line in "${"$"}{(@f)${"$"}{output%:*}}"; do
        [[ -z $line ]] && continue
        line=${"$"}{line//:/\\:}
        candidates+=("${"$"}{line/$'\t'/:}")
    done
    _describe '@PROGRAM@' candidates && return
    (( (directive & 4) == 0 )) && _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef @FUNCTION@ @PROGRAM@
`;

const fish = String.raw`
# fish completion for @PROGRAM@
function @FUNCTION@
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l output ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    for line in $output
        string match -qr '^:\d+$' -- $line; or echo $line
    end
end
complete -c @PROGRAM@ -e
complete -c @PROGRAM@ -f -a '(@FUNCTION@)'
`;

const powershell = String.raw`
# powershell completion for @PROGRAM@
Register-ArgumentCompleter -Native -CommandName '@PROGRAM@' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
    if ("$wordToComplete" -eq '') { $words += '' }
    @PROGRAM@ __complete @words 2>$null | Where-Object { $_ -notmatch '^:\d+$' } | ForEach-Object {
        $text, $description = $_ -split "${"`"}t", 2
        if (-not $description) { $description = $text }
        [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $description)
    }
}
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash, fish, powershell, zsh };
