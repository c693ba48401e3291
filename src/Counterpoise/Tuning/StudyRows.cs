using System.Globalization;
using System.Text.Json;
using Counterpoise.Basics;
using Microsoft.Data.Sqlite;

namespace Counterpoise.Tuning;

/// <summary>A study's tables within one transaction.</summary>
internal sealed class StudyRows(SqliteConnection connection, SqliteTransaction transaction)
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS study (key TEXT PRIMARY KEY, value TEXT) STRICT;
        CREATE TABLE IF NOT EXISTS trial (number INTEGER PRIMARY KEY, settings TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS run (
            name TEXT PRIMARY KEY, trial INTEGER NOT NULL, split INTEGER, rung INTEGER NOT NULL, state TEXT NOT NULL,
            reason TEXT, host TEXT, process INTEGER, started TEXT, heartbeat INTEGER) STRICT;
        CREATE TABLE IF NOT EXISTS score (
            trial INTEGER NOT NULL, split INTEGER NOT NULL, rung INTEGER NOT NULL,
            accuracy REAL NOT NULL, error REAL NOT NULL, PRIMARY KEY (trial, split, rung)) STRICT;
        CREATE TABLE IF NOT EXISTS took (name TEXT PRIMARY KEY, seconds REAL NOT NULL) STRICT;
        """;

    internal void MakeTables() => Run(Tables);

    internal Dictionary<string, string?> Description =>
        Read("SELECT key, value FROM study", row => (Key: row.GetString(0), Value: Text(row, 1)))
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    internal void Describe(IReadOnlyDictionary<string, string?> texts)
    {
        foreach ((string key, string? value) in texts)
        {
            Run("INSERT INTO study VALUES ($a, $b)", key, value);
        }
    }

    /// <summary>How long each training took so far, in seconds, by the name of its run folder.</summary>
    internal Dictionary<string, double> Took =>
        Read("SELECT name, seconds FROM took", row => (Name: row.GetString(0), Seconds: row.GetDouble(1)))
            .ToDictionary(pair => pair.Name, pair => pair.Seconds);

    internal void PutTook(string run, double seconds) =>
        Run("INSERT OR REPLACE INTO took VALUES ($a, $b)", run, seconds);

    /// <summary>Writes a part of the description anew.</summary>
    internal void Put(string key, string? value) => Run("INSERT OR REPLACE INTO study VALUES ($a, $b)", key, value);

    /// <summary>Everything that is known of the trials.</summary>
    internal StudyState State =>
        new(
            [.. Read("SELECT settings FROM trial ORDER BY number", row => Settings(row.GetString(0)))],
            [
                .. Read(
                    "SELECT trial, split, rung, state, host, process, started, heartbeat FROM run ORDER BY trial, split",
                    ReadRun
                ),
            ],
            [
                .. Read(
                    "SELECT trial, split, rung, accuracy, error FROM score ORDER BY trial, split, rung",
                    row => new RungScore(
                        row.GetInt32(0),
                        row.GetInt32(1),
                        row.GetInt32(2),
                        new HeldOutScore(row.GetDouble(3), row.GetDouble(4))
                    )
                ),
            ]
        );

    internal void AddTrial(int number, ValueList<Assignment> settings) =>
        Run("INSERT INTO trial VALUES ($a, $b)", number, JsonSerializer.Serialize<IEnumerable<Assignment>>(settings));

    /// <summary>Writes how far a training is, in place of what was known.</summary>
    internal void Save(TrialTraining run) =>
        Run(
            "INSERT INTO run (name, trial, split, rung, state, host, process, started, heartbeat) VALUES ($a, $b, $c, $d, $e, $f, $g, $h, $i) "
                + "ON CONFLICT (name) DO UPDATE SET trial = $b, rung = $d, state = $e, host = $f, process = $g, started = $h, heartbeat = $i",
            run.Name,
            run.Trial,
            run.Split,
            run.Rung,
            $"{run.State}",
            run.Worker?.Host,
            run.Worker?.Process,
            run.Worker?.Started,
            run.Heartbeat?.ToUnixTimeMilliseconds()
        );

    internal void PutReason(string run, string reason) =>
        Run("UPDATE run SET reason = $b WHERE name = $a", run, reason);

    internal void AddScore(TrialTraining run, HeldOutScore score) =>
        Run(
            "INSERT OR REPLACE INTO score VALUES ($a, $b, $c, $d, $e)",
            run.Trial,
            run.Split,
            run.Rung,
            score.Accuracy,
            score.Error
        );

    private static TrialTraining ReadRun(SqliteDataReader row) =>
        new(
            row.GetInt32(0),
            row.IsDBNull(1) ? null : row.GetInt32(1),
            row.GetInt32(2),
            Enum.Parse<TrialTrainingState>(row.GetString(3)),
            row.IsDBNull(4) ? null : new Worker(row.GetString(4), row.GetInt32(5), row.GetString(6)),
            row.IsDBNull(7) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7))
        );

    private static string? Text(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static ValueList<Assignment> Settings(string json) =>
        new(JsonSerializer.Deserialize<Assignment[]>(json) ?? []);

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> read)
    {
        using SqliteCommand command = Command(sql);
        using SqliteDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private void Run(string sql, params object?[] values)
    {
        using SqliteCommand command = Command(sql);
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue(
                string.Create(CultureInfo.InvariantCulture, $"${(char)('a' + i)}"),
                values[i] ?? DBNull.Value
            );
        }

        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql)
    {
        SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Every text is written here; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
