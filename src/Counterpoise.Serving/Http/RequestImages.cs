using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Counterpoise.Serving.Http;

/// <summary>One image file of a request, in memory that is given back afterwards.</summary>
/// <param name="Name">What the request calls it.</param>
/// <param name="Buffer">Its bytes, and room behind them.</param>
/// <param name="Length">The number of its bytes.</param>
internal readonly record struct RequestImage(string Name, byte[] Buffer, int Length)
{
    internal ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

    internal void GiveBack() => ArrayPool<byte>.Shared.Return(Buffer);
}

/// <summary>Reads the images of a request: the body itself, or the files of a form.</summary>
internal static class RequestImages
{
    private const int FirstRoom = 64 << 10;
    private const int LongestBoundary = 128;
    private const int LongestName = 200;

    /// <param name="request">The request.</param>
    /// <param name="options">The most bytes and images.</param>
    /// <param name="stop">Stops reading.</param>
    /// <returns>At least one image, to be given back.</returns>
    /// <exception cref="RequestFault">There is none, too much or something else.</exception>
    internal static async Task<List<RequestImage>> Read(
        HttpRequest request,
        ServeOptions options,
        CancellationToken stop
    )
    {
        var images = new List<RequestImage>();
        try
        {
            await Read(request, options, images, stop);
            return images;
        }
        catch (Exception failure)
        {
            images.ForEach(image => image.GiveBack());
            throw failure switch
            {
                BadHttpRequestException bad => new RequestFault(bad.StatusCode, bad.Message),
                InvalidDataException => new RequestFault(
                    StatusCodes.Status400BadRequest,
                    "the form is damaged or has headers that are too long"
                ),
                IOException => new RequestFault(StatusCodes.Status400BadRequest, "the body ended too early"),
                _ => failure,
            };
        }
    }

    private static async Task Read(
        HttpRequest request,
        ServeOptions options,
        List<RequestImage> images,
        CancellationToken stop
    )
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
        {
            throw new RequestFault(
                StatusCodes.Status415UnsupportedMediaType,
                "the request has no Content-Type; send image/jpeg, image/png, application/octet-stream or multipart/form-data"
            );
        }

        string media = type.MediaType.Value!.ToLowerInvariant();
        if (media == "multipart/form-data")
        {
            await ReadForm(request, type, options, images, stop);
        }
        else if (media.StartsWith("image/", StringComparison.Ordinal) || media == "application/octet-stream")
        {
            images.Add(await ReadWhole("body", request.Body, request.ContentLength, options.MostBytes, stop));
        }
        else
        {
            throw new RequestFault(
                StatusCodes.Status415UnsupportedMediaType,
                $"Content-Type is {Shortened(media)}; send image/jpeg, image/png, application/octet-stream or multipart/form-data"
            );
        }

        if (images.Count == 0)
        {
            throw new RequestFault(StatusCodes.Status400BadRequest, "the form has no file; add one a part");
        }
    }

    private static async Task ReadForm(
        HttpRequest request,
        MediaTypeHeaderValue type,
        ServeOptions options,
        List<RequestImage> images,
        CancellationToken stop
    )
    {
        string? boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrWhiteSpace(boundary) || boundary.Length > LongestBoundary)
        {
            throw new RequestFault(
                StatusCodes.Status400BadRequest,
                $"the form's Content-Type has no boundary of 1 to {LongestBoundary} characters"
            );
        }

        var reader = new MultipartReader(boundary, request.Body);
        while (await reader.ReadNextSectionAsync(stop) is { } part)
        {
            if (images.Count == options.MostImages)
            {
                throw new RequestFault(
                    StatusCodes.Status413PayloadTooLarge,
                    $"the form has more than {options.MostImages} files; send them in several requests"
                );
            }

            string name = NameOf(part) ?? $"image {images.Count + 1}";
            images.Add(await ReadWhole(name, part.Body, null, options.MostBytes, stop));
        }
    }

    private static string? NameOf(MultipartSection part)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out ContentDispositionHeaderValue? found))
        {
            return null;
        }

        string? name = found.FileNameStar.HasValue
            ? found.FileNameStar.Value
            : found.FileName.Value ?? found.Name.Value;
        return string.IsNullOrEmpty(name) ? null : Shortened(HeaderUtilities.RemoveQuotes(name).Value!);
    }

    private static string Shortened(string text) => text.Length > LongestName ? text[..LongestName] : text;

    private static async Task<RequestImage> ReadWhole(
        string name,
        Stream body,
        long? length,
        long most,
        CancellationToken stop
    )
    {
        // A length that is only claimed takes no memory: room grows with what arrives.
        int room = (int)Math.Min(length is > 0 and var known ? Math.Min(known + 1, 1 << 20) : FirstRoom, most + 1);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(room);
        int filled = 0;
        try
        {
            while (await body.ReadAsync(buffer.AsMemory(filled), stop) is > 0 and var read)
            {
                filled += read;
                if (filled > most)
                {
                    throw new RequestFault(
                        StatusCodes.Status413PayloadTooLarge,
                        $"an image has more than {most} bytes"
                    );
                }

                if (filled == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * buffer.Length, int.MaxValue / 2));
                    buffer.AsSpan(0, filled).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }

        return new RequestImage(name, buffer, filled);
    }
}
