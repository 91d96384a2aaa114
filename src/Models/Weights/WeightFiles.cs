using System.Security.Cryptography;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Weights;

/// <summary>
/// The weights of a model directory, in one file or in shards. Opening it checks every header against the others and the index; the tensors are
/// read one by one, so that loading never holds more than the model and one tensor.
/// </summary>
internal sealed class WeightFiles : IDisposable
{
    private readonly SafetensorsFile[] _files;
    private readonly string _source;

    private WeightFiles(string source, SafetensorsFile[] files) => (_source, _files) = (source, files);

    /// <summary>Every stored tensor with the file that holds it, in the order in which they are stored.</summary>
    public IEnumerable<(SafetensorsFile File, SafetensorsEntry Entry)> Entries =>
        _files.SelectMany(file => file.Header.Entries.Select(entry => (file, entry)));

    /// <summary>The files that hold a directory's weights, in ordinal order; what other forms there are is refused by name.</summary>
    /// <exception cref="ModelException">There are none, or they are PyTorch pickles.</exception>
    public static IReadOnlyList<string> Find(string directory)
    {
        string single = Path.Combine(directory, ModelDirectory.WeightsFile);
        if (File.Exists(single))
        {
            return [single];
        }

        string index = Path.Combine(directory, WeightIndex.FileName);
        if (File.Exists(index))
        {
            return [.. WeightIndex.Read(index).Shards.Keys.Select(shard => Path.Combine(directory, shard))];
        }

        string? pickle = Directory.EnumerateFiles(directory)
            .Where(file => Path.GetExtension(file) is ".bin" or ".pt" or ".pth")
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        throw pickle is null
            ? ModelException.Missing(single)
            : ModelException.Unsupported(pickle, "PyTorch pickles are never loaded, because they can run code", $"Convert the weights to {ModelDirectory.WeightsFile}.");
    }

    /// <exception cref="ModelException">A header is malformed, a file is truncated, or index and shards disagree.</exception>
    public static WeightFiles Open(string directory)
    {
        IReadOnlyList<string> paths = Find(directory);
        bool single = paths is [var only] && Path.GetFileName(only) == ModelDirectory.WeightsFile;
        List<SafetensorsFile> files = [];
        try
        {
            foreach (string path in paths)
            {
                files.Add(SafetensorsFile.Open(path));
            }

            if (!single)
            {
                CheckIndex(Path.Combine(directory, WeightIndex.FileName), files);
            }

            return new WeightFiles(single ? paths[0] : Path.Combine(directory, WeightIndex.FileName), [.. files]);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>SHA-256 over the bytes of the files, one after the other, lower-case hex.</summary>
    public static string ComputeRevision(string directory)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        foreach (string path in Find(directory))
        {
            using FileStream stream = ModelFile.OpenRead(path);
            while (stream.Read(buffer) is > 0 and int count)
            {
                hash.AppendData(buffer, 0, count);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Compares names, shapes and types with what the configuration asks for, without reading a number.</summary>
    /// <exception cref="ModelException">A tensor is missing, surplus, or of another shape or type; it is named.</exception>
    public void CheckAgainst(ModelConfig config)
    {
        SortedDictionary<string, long[]> shapes = ParameterLayout.ShapesOf(config);
        HashSet<string> found = [];
        foreach ((SafetensorsFile file, SafetensorsEntry entry) in Entries)
        {
            if (IsIgnored(entry.Name))
            {
                continue;
            }

            bool storedHead = entry.Name == ParameterLayout.Head && config.TieWordEmbeddings;
            if (!shapes.TryGetValue(storedHead ? ParameterLayout.Embedding : entry.Name, out long[]? shape))
            {
                throw SafetensorsHeader.Malformed(file.Path, $"tensor '{entry.Name}' belongs to no part of the model that config.json describes");
            }

            if (!entry.Shape.AsSpan().SequenceEqual(shape))
            {
                throw SafetensorsHeader.Malformed(
                    file.Path, $"tensor '{entry.Name}' is [{string.Join(", ", entry.Shape)}], but config.json makes it [{string.Join(", ", shape)}]");
            }

            if (entry.Dtype is not (ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16))
            {
                throw SafetensorsHeader.Malformed(file.Path, $"tensor '{entry.Name}' holds {entry.Dtype}, no floating-point numbers");
            }

            found.Add(entry.Name);
        }

        if (shapes.Keys.FirstOrDefault(name => !found.Contains(name)) is { } missing)
        {
            throw SafetensorsHeader.Malformed(_source, $"tensor '{missing}' is missing");
        }
    }

    /// <summary>All parameters in the element type that is computed with.</summary>
    /// <exception cref="ModelException">As <see cref="CheckAgainst"/>; NaN or infinity; a stored head that a tied model contradicts.</exception>
    public CausalDecoder Load(ModelConfig config, Device device, ScalarType dtype, int? tokenCount)
    {
        CheckAgainst(config);
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> parameters = [];
        (SafetensorsFile File, SafetensorsEntry Entry)? storedHead = null;
        foreach ((SafetensorsFile file, SafetensorsEntry entry) in Entries)
        {
            if (entry.Name == ParameterLayout.Head && config.TieWordEmbeddings)
            {
                storedHead = (file, entry);
            }
            else if (!IsIgnored(entry.Name))
            {
                Tensor value = file.Read(entry, device, dtype);
                scope.Attach(value);
                parameters.Add(entry.Name, value);
            }
        }

        if (storedHead is var (headFile, head))
        {
            using Tensor headValue = headFile.Read(head, device, dtype);
            if (!headValue.eq(parameters[ParameterLayout.Embedding]).all().item<bool>())
            {
                throw SafetensorsHeader.Malformed(headFile.Path, $"tensor '{head.Name}' differs from the embedding, although config.json ties them");
            }
        }

        return CausalDecoder.FromParameters(config, parameters, tokenCount);
    }

    public void Dispose()
    {
        foreach (SafetensorsFile file in _files)
        {
            file.Dispose();
        }
    }

    /// <summary>Old files store the rotary frequencies, which follow from config.json.</summary>
    private static bool IsIgnored(string name) => name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    private static void CheckIndex(string file, IReadOnlyList<SafetensorsFile> shards)
    {
        WeightIndex index = WeightIndex.Read(file);
        long total = 0;
        foreach (SafetensorsFile shard in shards)
        {
            SortedSet<string> promised = index.Shards[Path.GetFileName(shard.Path)];
            HashSet<string> stored = [.. shard.Header.Entries.Select(entry => entry.Name)];
            if (stored.Order(StringComparer.Ordinal).FirstOrDefault(name => !promised.Contains(name)) is { } surplus)
            {
                throw SafetensorsHeader.Malformed(shard.Path, $"tensor '{surplus}' is here, but {WeightIndex.FileName} does not say so");
            }

            if (promised.FirstOrDefault(name => !stored.Contains(name)) is { } missing)
            {
                throw SafetensorsHeader.Malformed(shard.Path, $"tensor '{missing}' is missing, although {WeightIndex.FileName} says that it is here");
            }

            total += shard.Header.Entries.Sum(entry => entry.End - entry.Begin);
        }

        if (index.TotalBytes is { } expected && expected != total)
        {
            throw SafetensorsHeader.Malformed(file, $"metadata.total_size is {expected}, but the shards hold {total} bytes of tensors");
        }
    }
}
