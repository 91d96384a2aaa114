namespace Reflux.Models;

/// <summary>File access in which what the file system says becomes a <see cref="ModelException"/>.</summary>
internal static class ModelFile
{
    private const long MaximumMetadataBytes = 256L << 20;

    public static byte[] ReadAllBytes(string path)
    {
        using FileStream stream = OpenRead(path);
        if (stream.Length > MaximumMetadataBytes)
        {
            throw ModelException.Invalid(path, $"{stream.Length} bytes are too many for this kind of file", "Point at a Hugging Face model directory.");
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static FileStream OpenRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ModelException.Missing(path, error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw ModelException.Invalid(path, $"can't be read ({error.GetType().Name})", "Check that it is a file and that this user may read it.", error);
        }
    }
}
