using Counterpoise.Cli.Output;

namespace Counterpoise.Cli.Tests;

/// <summary>Lines and tables on terminals of several widths.</summary>
public sealed class TerminalLinesTests
{
    [Theory]
    [InlineData("a short line", new[] { "a short line" })]
    [InlineData("twenty columns are enough for this", new[] { "twenty columns are", "enough for this" })]
    [InlineData("  indented lines stay so when wrapped", new[] { "  indented lines", "  stay so when", "  wrapped" })]
    [InlineData("a-word-that-is-longer-than-the-terminal x", new[] { "a-word-that-is-longer-than-the-terminal", "x" })]
    [InlineData("\e[1mwith sequences of a terminal\e[0m", new[] { "\e[1mwith sequences of a terminal\e[0m" })]
    [InlineData("{\"an\": \"object for programs\"}", new[] { "{\"an\": \"object for programs\"}" })]
    public void Sentences_go_on_between_words(string line, string[] expected) =>
        Assert.Equal(expected, WrappedLines.Wrapped(line, 20));

    [Theory]
    [InlineData(60, "34 %  epoch 3/20  0:01:23 left  loss 1.234")]
    [InlineData(32, "34 %  epoch 3/20  0:01:23 left")]
    [InlineData(20, "34 %  epoch 3/20")]
    [InlineData(3, "34 ")]
    public void A_status_line_has_what_fits(int width, string expected) =>
        Assert.Equal(expected, StatusLine.Fitting(["34 %", "epoch 3/20", "0:01:23 left", "loss 1.234"], width));

    [Fact]
    public void A_narrow_table_leaves_out_spare_columns_names_them_and_shortens_words_last()
    {
        string[] rows = ["a class of a very long name", "b"];
        string Printed(int width) =>
            Terminal.Of(
                width,
                () =>
                    new Sheet<string>(rows)
                        .Words("class", row => row)
                        .Numbers("recall %", _ => "50.00")
                        .Numbers("AP %", _ => "61.00", spare: 2)
                        .Numbers("F1 %", _ => "71.00", spare: 1)
                        .Print()
            );

        Assert.Equal(
            """

                                         recall
            class                             %   AP %   F1 %
            ───────────────────────────  ──────  ─────  ─────
            a class of a very long name   50.00  61.00  71.00
            b                             50.00  61.00  71.00


            """,
            Printed(60)
        );
        Assert.Equal(
            """

                                         recall
            class                             %   F1 %
            ───────────────────────────  ──────  ─────
            a class of a very long name   50.00  71.00
            b                             50.00  71.00
            a wider terminal also shows AP %


            """,
            Printed(44)
        );
        Assert.Equal(
            """

                        recall
            class            %
            ──────────  ──────
            a class o…   50.00
            b            50.00
            a wider terminal
            also shows AP %,
            F1 %


            """,
            Printed(18)
        );
    }
}
