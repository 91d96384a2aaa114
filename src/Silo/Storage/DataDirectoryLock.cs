using System.Globalization;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Faults;

namespace Reflux.Silo.Storage;

/// <summary>
/// Holds a data directory exclusively (flock on its <c>silo.lock</c>) until disposed or until the process ends, however it ends.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    internal const string FileName = "silo.lock";

    private readonly FileStream _file;

    private DataDirectoryLock(string directory, FileStream file)
    {
        Directory = directory;
        _file = file;
    }

    /// <summary>The locked directory's full path.</summary>
    public string Directory { get; }

    /// <summary>Creates the directory where it is missing, and locks it.</summary>
    /// <exception cref="RefluxException"><c>data-directory-in-use</c>: another silo has it; <c>data-directory-read-only</c>: it can't be written.</exception>
    public static DataDirectoryLock Acquire(string directory)
    {
        directory = Path.GetFullPath(directory);
        FileStream? file = null;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                System.IO.Directory.CreateDirectory(directory);
            }
            else
            {
                // checkpoints hold prompts as tokens: a new directory is its owner's alone
                System.IO.Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            Probe(directory);
            file = Open(Path.Combine(directory, FileName), directory);
            file.SetLength(0);
            using (var writer = new StreamWriter(file, leaveOpen: true))
            {
                writer.Write(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            }

            FaultPoint.Reach("data-directory.fsync");
            file.Flush(flushToDisk: true);
            return new DataDirectoryLock(directory, file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new RefluxException(
                ErrorCodes.DataDirectoryReadOnly,
                $"the data directory {directory} can't be written: {error.Message}",
                "Give the user that runs the silo write access to it, or choose another one with Silo:Data.",
                error);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    /// <summary>A directory whose lock file exists may still have become read-only.</summary>
    private static void Probe(string directory)
    {
        var probe = Path.Combine(directory, $".probe-{Guid.NewGuid():N}");
        File.WriteAllBytes(probe, []);
        File.Delete(probe);
    }

    private static FileStream Open(string path, string directory)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new RefluxException(
                ErrorCodes.DataDirectoryInUse,
                $"the data directory {directory} is in use by another silo",
                "Stop that silo, or give this one a directory of its own with Silo:Data.",
                error);
        }
    }
}
