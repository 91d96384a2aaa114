using Reflux.Contracts.Errors;
using Reflux.Distillation.Storage;

namespace Reflux.Cli.Exports;

/// <summary>
/// The file or directory that a command makes. Its place is claimed before anything is computed, and what is made there appears under its name
/// when it is complete; whatever has that name already is left as it is.
/// </summary>
internal sealed class ExportTarget : IDisposable
{
    private readonly string _path;
    private readonly bool _isDirectory;

    private ExportTarget(string path, bool isDirectory)
    {
        if (path.Length == 0)
        {
            throw Unusable("the path is empty");
        }

        (_path, _isDirectory) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), isDirectory);
        CheckFree();
        try
        {
            Temporary = AtomicFile.TemporaryPath(_path);
            if (isDirectory)
            {
                Directory.CreateDirectory(Temporary);
            }
            else
            {
                AtomicFile.Create(Temporary).Dispose();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"{_path} can't be written: {error.Message}", error);
        }
    }

    /// <summary>What to fill: an empty file or directory beside the place that it will take.</summary>
    public string Temporary { get; }

    /// <exception cref="RefluxException"><c>export-path-unusable</c>: something is there, or it can't be written.</exception>
    public static ExportTarget File(string path) => new(path, isDirectory: false);

    /// <exception cref="RefluxException"><c>export-path-unusable</c>: something is there that isn't an empty directory, or it can't be written.</exception>
    public static ExportTarget Folder(string path) => new(path, isDirectory: true);

    /// <summary>Gives what was made its name.</summary>
    public void Publish()
    {
        CheckFree(); // again: it took its time
        if (!_isDirectory)
        {
            AtomicFile.Publish(Temporary, _path);
            return;
        }

        if (Directory.Exists(_path))
        {
            Directory.Delete(_path);
        }

        AtomicFile.PublishDirectory(Temporary, _path);
    }

    public void Dispose()
    {
        if (_isDirectory && Directory.Exists(Temporary))
        {
            Directory.Delete(Temporary, recursive: true);
        }
        else if (!_isDirectory)
        {
            System.IO.File.Delete(Temporary);
        }
    }

    private static RefluxException Unusable(string message, Exception? inner = null) =>
        new(ErrorCodes.ExportPathUnusable, message, "name another path with --to, or remove what is there yourself", inner);

    private void CheckFree()
    {
        if (System.IO.File.Exists(_path) || (Directory.Exists(_path) && (!_isDirectory || Directory.EnumerateFileSystemEntries(_path).Any())))
        {
            throw Unusable($"{_path} is there already; it is left as it is");
        }
    }
}
