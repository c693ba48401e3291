using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Counterpoise.Serving.Http;

/// <summary>What the OpenAPI document says beyond the types of answers.</summary>
internal static class PredictOperation
{
    private static readonly string[] ImageTypes =
    [
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/bmp",
        "image/gif",
        "image/tiff",
        "application/octet-stream",
    ];

    internal static Task Describe(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken stop
    )
    {
        document.Info.Title = "Counterpoise classifier";
        document.Info.Version = typeof(PredictOperation).Assembly.GetName().Version?.ToString(3);
        return Task.CompletedTask;
    }

    internal static Task Describe(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken stop
    )
    {
        operation.Summary = "The most probable classes of an image, or of several as the files of a form.";
        operation.Parameters =
        [
            new OpenApiParameter
            {
                Name = "top",
                In = ParameterLocation.Query,
                Description = $"How many classes; {PredictEndpoint.UsualTop} unless given.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" },
            },
        ];
        var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        var content = ImageTypes.ToDictionary(
            type => type,
            _ => new OpenApiMediaType { Schema = file },
            StringComparer.Ordinal
        );
        content["multipart/form-data"] = new OpenApiMediaType
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = file },
        };
        operation.RequestBody = new OpenApiRequestBody
        {
            Description = "An image file, or a form whose parts are image files.",
            Required = true,
            Content = content,
        };
        return Task.CompletedTask;
    }
}
