using Reflux.Contracts.Faults;

namespace Reflux.Distillation.Storage;

/// <summary>Files and directories that are either wholly there or not at all: temporary name, fsync, rename, fsync of the directory.</summary>
public static class AtomicFile
{
    /// <summary>Names that a crash may leave behind begin so; readers ignore them.</summary>
    public const string TemporaryPrefix = ".tmp-";

    /// <summary>Writes a file durably, replacing an older one of that name.</summary>
    /// <exception cref="IOException">It can't be written; whatever stood at <paramref name="path"/> is untouched.</exception>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = TemporaryPath(path);
        try
        {
            await using (var stream = Create(temporary))
            {
                await stream.WriteAsync(content, cancellationToken);
                FaultPoint.Reach("file.fsync");
                stream.Flush(flushToDisk: true);
            }

            Publish(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>A fresh temporary name beside <paramref name="path"/>, whose directory is created where it is missing.</summary>
    public static string TemporaryPath(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        CreateDirectory(directory);
        return Path.Combine(directory, $"{TemporaryPrefix}{Guid.NewGuid():N}");
    }

    /// <summary>Opens a new file for writing.</summary>
    public static FileStream Create(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous, BufferSize = 1 << 16 });

    /// <summary>Renames a finished and fsynced temporary file to its name and makes the rename durable.</summary>
    public static void Publish(string temporary, string path)
    {
        FaultPoint.Reach("file.rename");
        File.Move(temporary, path, overwrite: true);
        FaultPoint.Reach("file.renamed");
        DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Renames a directory of fsynced files to a name that is free and makes all of it durable.</summary>
    public static void PublishDirectory(string temporary, string path)
    {
        DirectorySync.Flush(temporary);
        FaultPoint.Reach("directory.rename");
        Directory.Move(temporary, path);
        FaultPoint.Reach("directory.renamed");
        DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Creates a directory with its missing parents, durably.</summary>
    public static void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        var parent = Path.GetDirectoryName(Path.GetFullPath(directory));
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(directory);
        if (parent is not null)
        {
            DirectorySync.Flush(parent);
        }
    }
}
