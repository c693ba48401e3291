using System.Text.Json;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Recipes;

namespace Counterpoise.Runs;

/// <summary>
/// The folder that holds everything of one training run: <c>run.json</c> (format and description), <c>recipe.toml</c>,
/// <c>metrics.jsonl</c>, <c>checkpoints/</c>, <c>result.json</c> (once finished), <c>log.txt</c> and <c>figures/</c>.
/// </summary>
/// <remarks>
/// Files are written whole or not at all; the metrics are only appended to. One process writes at a time, any number may
/// read meanwhile. A run killed at any moment can be opened again.
/// </remarks>
internal sealed class RunFolder : IDisposable
{
    /// <summary>The version of the folder's layout that this library writes and reads.</summary>
    public const int Format = 1;

    private readonly FolderLock? writing;
    private readonly MetricsLog metrics;

    private RunFolder(string path, RunDescription description, FolderLock? writing, Vocabulary? known)
    {
        Path = path;
        Description = description;
        Known = known ?? Vocabulary.BuiltIn;
        this.writing = writing;
        metrics = new MetricsLog(System.IO.Path.Combine(path, RunFiles.Metrics));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What the run was started with.</summary>
    public RunDescription Description { get; }

    /// <summary>The methods and networks that the run's recipe may name.</summary>
    public Vocabulary Known { get; }

    /// <summary>The run's recipe in TOML.</summary>
    /// <exception cref="CounterpoiseException">The file cannot be read.</exception>
    public string Recipe
    {
        get
        {
            try
            {
                return File.ReadAllText(RecipePath);
            }
            catch (Exception failure) when (FileFailure.IsFromFiles(failure))
            {
                throw FileFailure.Reading(RecipePath, failure);
            }
        }
    }

    /// <summary>The file that <see cref="AppendLog"/> writes.</summary>
    public string LogPath => System.IO.Path.Combine(Path, RunFiles.Log);

    /// <summary>The folder for figures. It exists once the run was created.</summary>
    public string FiguresPath => System.IO.Path.Combine(Path, RunFiles.Figures);

    /// <summary>The folder for pictures of mistakes, <c>N.png</c> for the test image at position N; it may not exist.</summary>
    public string ExamplesPath => System.IO.Path.Combine(Path, RunFiles.Examples);

    /// <summary>The complete checkpoints, oldest first.</summary>
    public IReadOnlyList<CheckpointFile> Checkpoints => CheckpointFile.AllIn(CheckpointsPath);

    /// <summary>The result of a finished run, or null.</summary>
    /// <exception cref="CounterpoiseException">The file cannot be read or is damaged.</exception>
    public JsonObject? Result => JsonFormat.Read(ResultPath, "Delete it and run again; training resumes where it was.");

    /// <summary>The description for messages about it.</summary>
    internal JsonFields Described => new(Description.ToJson(), System.IO.Path.Combine(Path, RunFiles.Description));

    private string RecipePath => System.IO.Path.Combine(Path, RunFiles.Recipe);

    private string CheckpointsPath => System.IO.Path.Combine(Path, RunFiles.Checkpoints);

    private string StatisticsPath => System.IO.Path.Combine(Path, RunFiles.Statistics);

    private string ResultPath => System.IO.Path.Combine(Path, RunFiles.Result);

    /// <summary>Starts a run in a new folder, and takes the right to write into it.</summary>
    /// <param name="path">The folder to make, with its parents; it may exist if it is empty.</param>
    /// <param name="recipeToml">The resolved recipe.</param>
    /// <param name="description">What else identifies the run.</param>
    /// <param name="known">The methods and networks that the recipe may name; null for the library's.</param>
    /// <exception cref="CounterpoiseException">
    /// The folder is not empty, is being written by another process, or cannot be written. What was made is removed.
    /// </exception>
    public static RunFolder Create(string path, string recipeToml, RunDescription description, Vocabulary? known = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(recipeToml);
        ArgumentNullException.ThrowIfNull(description);
        using var creation = new FolderCreation(path);
        FolderLock taken = creation.TakeEmptyFolder();
        AtomicFile.WriteText(System.IO.Path.Combine(path, RunFiles.Recipe), recipeToml);
        RunDescription written = description.Write(path);
        creation.Complete();
        return new RunFolder(path, written, taken, known);
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="write">Whether to take the right to write: to resume, for instance.</param>
    /// <param name="known">The methods and networks that its recipe may name; null for the library's.</param>
    /// <exception cref="CounterpoiseException">
    /// It is no run folder, has another format or a damaged <c>run.json</c>, or another process is writing into it.
    /// </exception>
    public static RunFolder Open(string path, bool write, Vocabulary? known = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var description = RunDescription.Read(path);
        if (!write)
        {
            return new RunFolder(path, description, writing: null, known);
        }

        FolderLock taken = FolderLock.Take(path);
        try
        {
            var run = new RunFolder(path, description, taken, known);
            run.CleanUpAfterKill();
            return run;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>A part of the description that must be there.</summary>
    /// <exception cref="CounterpoiseException">It is not.</exception>
    internal T Required<T>(T? value, string key)
        where T : class => Described.Required(value, key);

    /// <inheritdoc cref="Required{T}(T, string)"/>
    internal T Required<T>(T? value, string key)
        where T : struct => Described.Required(value, key);

    /// <summary>Whether a process holds the right to write into a run folder: it is training, for instance.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>False also where there is no such folder, or where that cannot be seen.</returns>
    public static bool IsBeingWritten(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FolderLock.IsHeld(path);
    }

    /// <summary>Appends one line to the metrics. NaN and infinities in it are written as strings.</summary>
    /// <returns>The new length of the metrics in bytes, for <see cref="Checkpoint.MetricsLength"/>.</returns>
    /// <exception cref="CounterpoiseException">It could not be written; the metrics are as before.</exception>
    public long AppendMetrics(JsonObject line)
    {
        ArgumentNullException.ThrowIfNull(line);
        RequireWriting();
        return metrics.Append(line);
    }

    /// <summary>Appends one line to the run's log.</summary>
    /// <exception cref="CounterpoiseException">It could not be written.</exception>
    public void AppendLog(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        RequireWriting();
        try
        {
            File.AppendAllText(LogPath, line + "\n");
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Writing(LogPath, failure);
        }
    }

    /// <summary>The metrics' lines so far. A torn last line is ignored; there may be none yet.</summary>
    /// <exception cref="CounterpoiseException">A line is not a JSON object; thrown when that line is reached.</exception>
    public IEnumerable<JsonObject> ReadMetrics() => metrics.Read();

    /// <summary>Cuts the metrics back to what they were at a checkpoint.</summary>
    /// <param name="bytes">The length from <see cref="Checkpoint.MetricsLength"/>; 0 to start again.</param>
    /// <exception cref="CounterpoiseException">The metrics never had that length.</exception>
    public void CutMetrics(long bytes)
    {
        RequireWriting();
        metrics.Cut(bytes);
    }

    /// <summary>Saves a checkpoint under the name of its epoch and step.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="CounterpoiseException">It could not be written.</exception>
    public string Save(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        RequireWriting();

        // A checkpoint must not survive a power failure that the metrics it counts on do not.
        metrics.FlushToDisk();
        string path = System.IO.Path.Combine(CheckpointsPath, CheckpointFile.NameOf(checkpoint.Epoch, checkpoint.Step));
        checkpoint.Save(path);
        return path;
    }

    /// <summary>Deletes old checkpoints. One within an epoch goes as soon as there is a later one.</summary>
    /// <param name="keepLast">How many of those between epochs to keep, at least 1.</param>
    /// <param name="keepEvery">Also keep those whose epoch is a multiple of this, at least 1; null for none.</param>
    /// <exception cref="CounterpoiseException">One could not be deleted.</exception>
    public void Prune(int keepLast = 2, int? keepEvery = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keepLast);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keepEvery ?? 1, nameof(keepEvery));
        RequireWriting();
        foreach (CheckpointFile file in CheckpointFile.Superfluous(Checkpoints, keepLast, keepEvery))
        {
            try
            {
                File.Delete(file.Path);
            }
            catch (Exception failure) when (FileFailure.IsFromFiles(failure))
            {
                throw FileFailure.Writing(file.Path, failure);
            }
        }
    }

    /// <summary>
    /// Statistics that were taken from kept checkpoints after training: lines like those of the metrics, with
    /// <c>epoch</c>, test accuracies and <c>statistics</c>. There may be none.
    /// </summary>
    /// <exception cref="CounterpoiseException">A line is not a JSON object; thrown when that line is reached.</exception>
    public IEnumerable<JsonObject> ReadStatistics() => new MetricsLog(StatisticsPath).Read();

    /// <summary>Writes <see cref="ReadStatistics"/>, in place of those before.</summary>
    /// <exception cref="CounterpoiseException">It could not be written.</exception>
    public void WriteStatistics(IEnumerable<JsonObject> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        RequireWriting();
        AtomicFile.Write(
            StatisticsPath,
            stream =>
            {
                foreach (JsonObject line in lines)
                {
                    stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, JsonFormat.OneLine), (byte)'\n']);
                }
            }
        );
    }

    /// <summary>Saves pictures of mistakes in place of those of an epoch before.</summary>
    /// <param name="images">The images' positions among the test images.</param>
    /// <param name="png">Makes the PNG file of an image; not called for those that are there.</param>
    /// <exception cref="CounterpoiseException">One could not be written.</exception>
    public void SaveExamples(IEnumerable<int> images, Func<int, byte[]> png)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(png);
        RequireWriting();
        try
        {
            Directory.CreateDirectory(ExamplesPath);
            var names = images.ToDictionary(image => System.IO.Path.Combine(ExamplesPath, $"{image}.png"));
            foreach ((string file, int image) in names.Where(name => !File.Exists(name.Key)))
            {
                byte[] content = png(image);
                AtomicFile.Write(file, stream => stream.Write(content));
            }

            foreach (string old in Directory.EnumerateFiles(ExamplesPath).Where(file => !names.ContainsKey(file)))
            {
                File.Delete(old);
            }
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Writing(ExamplesPath, failure);
        }
    }

    /// <summary>Writes the result, which marks the run as finished.</summary>
    /// <exception cref="CounterpoiseException">It could not be written.</exception>
    public void WriteResult(JsonObject result)
    {
        ArgumentNullException.ThrowIfNull(result);
        RequireWriting();
        JsonFormat.Write(ResultPath, result);
    }

    /// <summary>Gives back the right to write.</summary>
    public void Dispose() => writing?.Dispose();

    private void CleanUpAfterKill()
    {
        try
        {
            Directory.CreateDirectory(CheckpointsPath);
            AtomicFile.DeleteStale(Path);
            AtomicFile.DeleteStale(CheckpointsPath);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Writing(Path, failure);
        }

        metrics.CutTornLine();
    }

    private void RequireWriting()
    {
        if (writing is null)
        {
            throw new InvalidOperationException($"The run folder '{Path}' was opened for reading.");
        }
    }
}
