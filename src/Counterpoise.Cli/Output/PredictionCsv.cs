using System.Globalization;
using Counterpoise.Serving;
using CsvHelper;

namespace Counterpoise.Cli.Output;

/// <summary>A line an image: its path, the most probable classes with their probabilities, what was decided, if anything is (alarms are separated by semicolons), and why it could not be read.</summary>
internal sealed class PredictionCsv(int top, bool isDecided) : IPredictionWriter
{
    private readonly CsvWriter csv = new(Console.Out, CultureInfo.InvariantCulture, leaveOpen: true);

    public void Begin()
    {
        csv.WriteField("image");
        for (int place = 1; place <= top; place++)
        {
            csv.WriteField($"class_{place}");
            csv.WriteField($"probability_{place}");
        }

        if (isDecided)
        {
            csv.WriteField("decision");
        }

        csv.WriteField("error");
        End();
    }

    public void Write(ImagePrediction prediction)
    {
        csv.WriteField(prediction.Image);
        for (int place = 0; place < top; place++)
        {
            bool there = place < prediction.Top.Count;
            csv.WriteField(there ? prediction.Top[place].Class : "");
            csv.WriteField(
                there ? prediction.Top[place].Probability.ToString("0.######", CultureInfo.InvariantCulture) : ""
            );
        }

        if (isDecided)
        {
            csv.WriteField(
                prediction.Decision is { Alarms: { } alarms } ? string.Join(';', alarms) : prediction.Decision?.Class
            );
        }

        csv.WriteField(prediction.Error ?? "");
        End();
    }

    public void Dispose() => csv.Dispose();

    private void End()
    {
        csv.NextRecord();
        csv.Flush();
    }
}
