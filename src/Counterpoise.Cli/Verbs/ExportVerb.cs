using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Understanding;
using Counterpoise.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Results;
using Counterpoise.Results.Export;
using Counterpoise.Runs;
using Counterpoise.Serving;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>export</c>: writes the classifier of a run for other programs.</summary>
internal static class ExportVerb
{
    internal static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run folder" };
        run.Takes("a run folder", Thing.Run);
        var onnx = new Option<string?>("--onnx")
        {
            Description = "Write an ONNX model, for 'predict', 'serve', OnnxRuntime and others [default: none]",
            HelpName = "file",
        };
        var safetensors = new Option<string?>("--safetensors")
        {
            Description = "Write the parameters under PyTorch's names, for Python [default: none]",
            HelpName = "file",
        };
        var opset = new Option<int?>("--opset")
        {
            Description = $"ONNX: the version of the operators, {OnnxOptions.LeastOpset} to {OnnxOptions.LastOpset}",
            HelpName = "n",
            DefaultValueFactory = _ => OnnxOptions.LeastOpset,
        };
        var fold = new Option<bool>("--fold-batch-norm")
        {
            Description =
                "ONNX: batch normalisation becomes part of the convolution before it: faster, equal within rounding",
        };
        var normalisation = new Option<bool>("--include-normalisation")
        {
            Description = "ONNX: the model takes pixels of uint8, 0 to 255, and normalises them itself",
        };
        var softmax = new Option<bool>("--include-softmax")
        {
            Description = "ONNX: the model gives probabilities instead of logits",
        };
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "A checkpoint of the run [default: the last one]",
            HelpName = "file",
        };
        var command = new Command("export", "Write the classifier of a run as ONNX or safetensors.")
        {
            run,
            onnx,
            safetensors,
            opset,
            fold,
            normalisation,
            softmax,
            checkpoint,
        };
        command.SetAction(parsed =>
        {
            string? model = parsed.GetValue(onnx);
            string? parameters = parsed.GetValue(safetensors);
            if (model is null && parameters is null)
            {
                throw new UsageException(
                    "export writes nothing without --onnx or --safetensors; give a file to one of them."
                );
            }

            using RunFolder folder = RunFolder.Open(parsed.GetRequiredValue(run), write: false);
            string file = parsed.GetValue(checkpoint) ?? CheckpointEvaluation.LastCheckpoint(folder);
            if (model is not null)
            {
                var options = new OnnxOptions
                {
                    Opset = parsed.GetRequiredValue(opset)!.Value,
                    FoldBatchNormalisation = parsed.GetValue(fold),
                    IncludeNormalisation = parsed.GetValue(normalisation),
                    IncludeSoftmax = parsed.GetValue(softmax),
                };
                Write(folder, file, model, options);
            }

            if (parameters is not null)
            {
                ClassifierExport.ToSafetensors(folder, parameters, file);
                Console.WriteLine(
                    $"{parameters}: {new FileInfo(parameters).Length / 1e6:F1} MB, the parameters of {file}"
                );
            }

            return 0;
        });
        return command;
    }

    private static void Write(RunFolder folder, string checkpoint, string path, OnnxOptions options)
    {
        var model = FeatureExtractors.ToOnnx(folder, options, checkpoint);
        using var classifier = new OnnxClassifier(model); // What is written must load.
        model.Write(path);
        ClassifierDescription described = model.Classifier;
        int size = described.Images.Size;
        string input = model.TakesPixels ? "pixels, uint8" : "image, normalised float32";
        Console.WriteLine(
            $"{path}: {model.Content.Length / 1e6:F1} MB, opset {model.Opset}, {described.Network} of {checkpoint}"
        );
        if (described.Features is var (name, _))
        {
            Console.WriteLine($"within  {name} with its preparation, and the classifier of its features");
        }

        Console.WriteLine($"input   {input} [batch, 3, {size}, {size}]");
        Console.WriteLine($"output  {model.OutputName}, float32 [batch, {described.Classes.Count}]");
    }
}
