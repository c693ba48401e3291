using Counterpoise.Basics;

namespace Counterpoise.Tests.Basics;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("plain, 猫 and é", "plain, 猫 and é")]
    [InlineData("\u001b]0;title\u0007\u001b[31mred", @"\x1b]0;title\x07\x1b[31mred")]
    [InlineData("a\0b\u009bc\rd", @"a\x00b\x9bc\x0dd")]
    [InlineData("two\nlines\tand a tab", "two\nlines\tand a tab")]
    public void Control_characters_are_shown_and_not_sent(string text, string shown)
    {
        Assert.Equal(shown, Printable.Of(text));
        Assert.Equal(shown, new CounterpoiseException(text).Message);
    }

    [Fact]
    public void Bytes_are_shown_by_number_where_they_are_no_ASCII() =>
        Assert.Equal(@"caf\xe9/\x1b0.png", Printable.Of([0x63, 0x61, 0x66, 0xE9, 0x2F, 0x1B, 0x30, .. ".png"u8]));
}
