using Counterpoise.Basics;
using Microsoft.Data.Sqlite;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Tuning;

/// <summary>The SQLite file of a study: short transactions from several threads and processes, one after the other.</summary>
/// <remarks>
/// In write-ahead mode a process may be killed at any moment, and what it had committed stays. Transactions take the right
/// to write at their beginning, so that none has to be repeated.
/// </remarks>
internal sealed class StudyDatabase : IDisposable
{
    private const int Patience = 30;

    private readonly SqliteConnection connection;
    private readonly Lock turn = new();

    private StudyDatabase(string file, SqliteConnection connection)
    {
        File = file;
        this.connection = connection;
    }

    internal string File { get; }

    /// <summary>Opens a database.</summary>
    /// <param name="file">The file.</param>
    /// <param name="create">Whether to make it where there is none.</param>
    /// <exception cref="CounterpoiseException">It is damaged, locked or cannot be opened.</exception>
    internal static StudyDatabase Open(string file, bool create)
    {
        var options = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            DefaultTimeout = Patience,
            Pooling = false,
        };
        var opened = new SqliteConnection(options.ConnectionString);
        var database = new StudyDatabase(file, opened);
        try
        {
            database.Guard(() =>
            {
                opened.Open();
                database.RequireWriteAhead();
                return 0;
            });
            return database;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Runs a transaction: all of it is done, or nothing.</summary>
    /// <exception cref="CounterpoiseException">The file is damaged or locked, or the disk is full.</exception>
    internal T Write<T>(Func<StudyRows, T> work) =>
        Guard(() =>
        {
            lock (turn)
            {
                using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
                T result = work(new StudyRows(connection, transaction));
                transaction.Commit();
                return result;
            }
        });

    public void Dispose() => connection.Dispose();

    private void RequireWriteAhead()
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        if (command.ExecuteScalar() is not "wal")
        {
            throw new CounterpoiseException(
                $"{File}: its file system cannot do what several processes need (write-ahead logging); network file systems such as NFS "
                    + "cannot. Put the study on a local disk."
            );
        }

        command.CommandText = "PRAGMA synchronous = FULL";
        command.ExecuteNonQuery();
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException failure)
        {
            throw new CounterpoiseException($"{File}: {Reason(failure)}", failure);
        }
    }

    private static string Reason(SqliteException failure)
    {
        const int busy = 5;
        const int locked = 6;
        const int readOnly = 8;
        const int inputOutput = 10;
        const int corrupt = 11;
        const int full = 13;
        const int cannotOpen = 14;
        const int protocol = 15;
        const int notADatabase = 26;
        return failure.SqliteErrorCode switch
        {
            busy or locked or protocol =>
                $"has been locked by another process for {Patience} seconds. Try again; if it stays so on a network file system such as NFS, "
                    + "put the study on a local disk.",
            corrupt or notADatabase =>
                "is damaged, or no database. Remove it to begin the study anew; finished trainings beside it are then reused.",
            readOnly => $"cannot be written. Change the permissions or choose another {Named("output")}.",
            cannotOpen => "cannot be opened. Check the path and its permissions.",
            full => "the disk is full. Free some space, then run again.",
            inputOutput =>
                "could not be read or written. Check the disk; network file systems such as NFS do not serve, put the study on a local disk.",
            _ => $"{failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Check the disk.",
        };
    }
}
