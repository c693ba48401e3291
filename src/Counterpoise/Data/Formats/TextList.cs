using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>Opens lists as text that is decoded strictly: a wrong character would make two classes one, or one two.</summary>
internal static class TextList
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Reads a text in UTF-8, or in UTF-16 with a byte-order mark.</summary>
    /// <exception cref="CounterpoiseException">It is neither; the message names the line.</exception>
    internal static T Read<T>(string path, Func<TextReader, T> read)
    {
        try
        {
            using TextReader text = Open(path);
            return read(text);
        }
        catch (DecoderFallbackException failure)
        {
            throw NotUtf8(path, failure);
        }
    }

    /// <summary>The lines of a text, as <see cref="Read"/> reads it.</summary>
    internal static IEnumerable<string> Lines(string path)
    {
        using TextReader text = Open(path);
        while (true)
        {
            string? line;
            try
            {
                line = text.ReadLine();
            }
            catch (DecoderFallbackException failure)
            {
                throw NotUtf8(path, failure);
            }

            if (line is null)
            {
                yield break;
            }

            yield return line;
        }
    }

    private static TextReader Open(string path) =>
        RegularFile.LengthOf(path) == 0 ? new StringReader("") : new StreamReader(path, Strict);

    private static CounterpoiseException NotUtf8(string path, Exception failure)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int line = 1;
        for (int start = 0; start < bytes.Length; line++)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            ReadOnlySpan<byte> here = bytes.AsSpan(start, length < 0 ? bytes.Length - start : length);
            if (!System.Text.Unicode.Utf8.IsValid(here))
            {
                break;
            }

            start += here.Length + 1;
        }

        return new CounterpoiseException(
            $"{path}: line {line} is not UTF-8, but of another encoding such as Latin-1, in which names cannot be told for sure; save the file as UTF-8.",
            failure
        );
    }
}
