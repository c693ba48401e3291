namespace Counterpoise.Cli.Completion;

/// <summary>The scripts that make shells ask <c>counterpoise complete</c>. Where it says nothing they offer file names.</summary>
internal static class ShellScripts
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        // bash takes '=' and ':' for the beginning of a word, so what stands before them is cut off the answers.
        ["bash"] = """
            _counterpoise() {
                local word="${COMP_LINE:0:COMP_POINT}" IFS=$'\n'
                COMPREPLY=($("$1" complete "$word" 2>/dev/null))
                word="${word##* }"
                [[ "${COMPREPLY[*]}" == */* ]] && compopt -o filenames
                [[ "${COMPREPLY[*]}" == *[=/] ]] && compopt -o nospace
                COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*[=:]}"}"}")
            }
            complete -o default -F _counterpoise counterpoise

            """,
        ["zsh"] = """
            #compdef counterpoise
            _counterpoise() {
                local -a found
                found=("${(@f)$($words[1] complete "${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
                if [[ -z "$found" ]]; then
                    _files
                else
                    compadd -S '' -- ${(M)found:#*[=/]}
                    compadd -- ${found:#*[=/]}
                fi
            }
            compdef _counterpoise counterpoise

            """,
        ["fish"] = """
            function __counterpoise
                set -l found (counterpoise complete (commandline -cp) 2>/dev/null)
                if set -q found[1]
                    string join \n $found
                else
                    __fish_complete_path (commandline -ct)
                end
            end
            complete -c counterpoise -f -a '(__counterpoise)'

            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName counterpoise -ScriptBlock {
                param($word, $line, $cursor)
                $text = $line.ToString()
                $text = $text.PadRight($cursor).Substring(0, $cursor - $line.Extent.StartOffset)
                counterpoise complete $text 2>$null | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }

            """,
    };

    internal static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    internal static string Of(string shell) => Scripts[shell];
}
