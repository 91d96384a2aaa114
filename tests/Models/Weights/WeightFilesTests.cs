using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Reflux.Contracts.Errors;
using Reflux.Models.Decoders;
using Reflux.Models.Tests.Decoders;
using Reflux.Models.Weights;
using Reflux.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Weights;

public sealed class WeightFilesTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";
    private const string First = "model-00001-of-00003.safetensors";
    private const string Second = "model-00002-of-00003.safetensors";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32, 2)]
    [InlineData(ScalarType.Float32, 3)]
    [InlineData(ScalarType.Float32, 5)]
    [InlineData(ScalarType.BFloat16, 3)]
    public void Shards_hold_the_same_model_as_one_file(ScalarType dtype, int count)
    {
        using CausalDecoder decoder = Write(dtype, count);

        Assert.Equal(count, Directory.GetFiles(_directory.Path, "*.safetensors").Length);
        using CausalDecoder loaded = ModelDirectory.LoadDecoder(_directory.Path, CPU, ScalarType.Float64);
        using var scope = NewDisposeScope();
        Assert.Equal(decoder.Parameters.Keys, loaded.Parameters.Keys);
        Assert.All(decoder.Parameters, parameter => Assert.True(loaded.Parameters[parameter.Key].Equals(parameter.Value.to_type(dtype).to_type(ScalarType.Float64))));
    }

    [Fact]
    public void No_shard_but_that_of_one_large_tensor_exceeds_the_limit()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        ShardWriter.Write(_directory.Path, decoder.Parameters, ScalarType.Float32, 600);

        foreach (string shard in Directory.GetFiles(_directory.Path, "*.safetensors"))
        {
            using SafetensorsFile file = SafetensorsFile.Open(shard);
            Assert.True(file.Header.Entries.Count == 1 || file.Header.Entries[^1].End <= 600, shard);
        }

        Assert.Equal(decoder.Parameters.Values.Sum(parameter => 4 * parameter.NumberOfElements), Read(Index)["metadata"]!["total_size"]!.GetValue<long>());
    }

    [Fact]
    public void Writing_again_leaves_nothing_of_the_weights_before()
    {
        Write(ScalarType.Float32, 3).Dispose();
        Write(ScalarType.Float32, 1).Dispose();
        Assert.Equal(["config.json", "model.safetensors"], Names());

        Write(ScalarType.Float32, 2).Dispose();
        Assert.Equal(["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", Index], Names());
    }

    [Fact]
    public void The_revision_names_the_bytes_of_every_shard()
    {
        Write(ScalarType.Float32, 3).Dispose();
        string before = ModelDirectory.ComputeRevision(_directory.Path);
        byte[] bytes = File.ReadAllBytes(_directory.File(Second));
        bytes[^1] ^= 1;
        File.WriteAllBytes(_directory.File(Second), bytes);

        Assert.NotEqual(before, ModelDirectory.ComputeRevision(_directory.Path));
    }

    public static TheoryData<string> Elsewhere { get; } =
        ["../outside.safetensors", "/etc/passwd", "/tmp/x.safetensors", "..", "", ".", "sub/x.safetensors", "..\\x.safetensors", "C:\\x.safetensors", "config.json", "x.safetensors\0"];

    [Theory]
    [MemberData(nameof(Elsewhere))]
    public void An_index_names_only_files_beside_it(string shard)
    {
        Write(ScalarType.Float32, 3).Dispose();
        File.Copy(_directory.File(Second), _directory.File("../outside.safetensors"), overwrite: true);
        try
        {
            Edit(index => index["weight_map"]!["model.norm.weight"] = shard);
            Assert.Contains("'model.norm.weight'", Refused(Index).Message);
        }
        finally
        {
            File.Delete(_directory.File("../outside.safetensors"));
        }
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        Write(ScalarType.Float32, 3).Dispose();
        File.Delete(_directory.File(Second));

        Refused(Second);
    }

    [Fact]
    public void A_truncated_shard_is_named_wherever_it_is_cut()
    {
        Write(ScalarType.Float32, 3).Dispose();
        byte[] whole = File.ReadAllBytes(_directory.File(Second));
        foreach (int length in (int[])[0, 7, 100, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(_directory.File(Second), whole[..length]);
            Refused(Second);
        }
    }

    [Fact]
    public void A_tensor_in_two_shards_is_refused()
    {
        Write(ScalarType.Float32, 3).Dispose();
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = new(Safetensors.Read(_directory.File(Second), CPU));
        scope.Attach(tensors.Values);
        string stolen = Read(Index)["weight_map"]!.AsObject().First(entry => entry.Value!.GetValue<string>() == First).Key;
        tensors.Add(stolen, ones(1));
        using (FileStream stream = File.Create(_directory.File(Second)))
        {
            Safetensors.Write(stream, tensors);
        }

        Assert.Contains($"'{stolen}'", Refused(Second).Message);
    }

    [Fact]
    public void Index_and_shards_have_to_agree_on_every_tensor()
    {
        Write(ScalarType.Float32, 3).Dispose();
        Edit(index => index["weight_map"]!["model.ghost.weight"] = Second);
        Assert.Contains("'model.ghost.weight'", Refused(Second).Message);

        Write(ScalarType.Float32, 3).Dispose();
        string second = Read(Index)["weight_map"]!.AsObject().First(entry => entry.Value!.GetValue<string>() == Second).Key;
        Edit(index => index["weight_map"]!.AsObject().Remove(second));
        Assert.Contains($"'{second}'", Refused(Second).Message);
    }

    [Theory]
    [InlineData("weight_map", "null")]
    [InlineData("weight_map", "{}")]
    [InlineData("weight_map", "[]")]
    [InlineData("weight_map", """{"model.norm.weight":7}""")]
    [InlineData("metadata", """{"total_size":-1}""")]
    [InlineData("metadata", """{"total_size":1}""")]
    [InlineData("metadata", """{"total_size":1e300}""")]
    [InlineData("metadata", """{"total_size":"all"}""")]
    public void An_impossible_index_is_refused(string field, string value)
    {
        Write(ScalarType.Float32, 3).Dispose();
        Edit(index => index[field] = JsonNode.Parse(value));

        Refused(Index);
    }

    [Fact]
    public void A_tensor_listed_twice_is_refused()
    {
        Write(ScalarType.Float32, 3).Dispose();
        string text = File.ReadAllText(_directory.File(Index));
        File.WriteAllText(_directory.File(Index), text.Replace("\"weight_map\": {", $"\"weight_map\": {{ \"model.norm.weight\": \"{First}\","));

        Assert.Contains("twice", Refused(Index).Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_tensor_that_holds_no_numbers_is_named(float value)
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        decoder.Parameters["model.layers.1.mlp.up_proj.weight"].select(0, 0).fill_(value);
        File.WriteAllText(_directory.File("config.json"), decoder.Config.ToJson());
        ShardWriter.Write(_directory.Path, decoder.Parameters, ScalarType.BFloat16, 2000);

        ModelDirectoryError("'model.layers.1.mlp.up_proj.weight'");
    }

    [Fact]
    public void A_number_too_large_for_what_is_computed_with_is_named()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny, dtype: ScalarType.Float64);
        decoder.Parameters["model.norm.weight"].fill_(1e300);
        File.WriteAllText(_directory.File("config.json"), decoder.Config.ToJson());
        ShardWriter.Write(_directory.Path, decoder.Parameters, ScalarType.Float64, long.MaxValue);

        ModelDirectoryError("'model.norm.weight'");
    }

    [Fact]
    public void Stored_rotary_frequencies_are_passed_over()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> stored = new(decoder.Parameters) { ["model.layers.0.self_attn.rotary_emb.inv_freq"] = ones(3) };
        File.WriteAllText(_directory.File("config.json"), decoder.Config.ToJson());
        ShardWriter.Write(_directory.Path, stored, ScalarType.Float32, long.MaxValue);

        using CausalDecoder loaded = ModelDirectory.LoadDecoder(_directory.Path, CPU);
        Assert.Equal(decoder.Parameters.Keys, loaded.Parameters.Keys);
    }

    [Fact]
    public void Random_damage_to_the_index_gives_nothing_but_the_typed_error()
    {
        Write(ScalarType.Float32, 3).Dispose();
        byte[] good = File.ReadAllBytes(_directory.File(Index));
        Gen<byte[]> damaged =
            from position in Gen.Choose(0, good.Length - 1)
            from value in Gen.Choose(0, 255)
            from length in Gen.Choose(0, 3 * good.Length)
            select (byte[])[.. good[..Math.Min(position, length)], .. length > position ? [(byte)value] : (byte[])[], .. good[(position + 1)..]];

        Prop.ForAll(damaged.ToArbitrary(), bytes =>
        {
            File.WriteAllBytes(_directory.File(Index), bytes);
            try
            {
                ModelDirectory.LoadDecoder(_directory.Path, CPU).Dispose();
                return true;
            }
            catch (ModelException)
            {
                return true;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private CausalDecoder Write(ScalarType dtype, int shards)
    {
        CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        File.WriteAllText(_directory.File("config.json"), decoder.Config.ToJson());
        long total = decoder.Parameters.Values.Sum(parameter => parameter.NumberOfElements) * SafetensorsHeader.SizeOf(dtype);
        long limit = shards == 1 ? total : Enumerable.Range(1, (int)total).First(limit => CountShards(decoder, dtype, limit) <= shards);
        ShardWriter.Write(_directory.Path, decoder.Parameters, dtype, limit);
        return decoder;
    }

    private static int CountShards(CausalDecoder decoder, ScalarType dtype, long limit)
    {
        (int count, long used) = (0, long.MaxValue / 2);
        foreach ((_, Tensor parameter) in decoder.Parameters)
        {
            long bytes = parameter.NumberOfElements * SafetensorsHeader.SizeOf(dtype);
            (count, used) = used + bytes > limit ? (count + 1, bytes) : (count, used + bytes);
        }

        return count;
    }

    private string[] Names() => [.. Directory.EnumerateFiles(_directory.Path).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    private JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(_directory.File(name)))!;

    private void Edit(Action<JsonNode> change)
    {
        JsonNode index = Read(Index);
        change(index);
        File.WriteAllText(_directory.File(Index), index.ToJsonString());
    }

    private ModelException Refused(string file)
    {
        ModelException error = Assert.Throws<ModelException>(() => ModelDirectory.LoadDecoder(_directory.Path, CPU).Dispose());
        Assert.Equal(ErrorCodes.ModelInvalid, error.Code);
        Assert.Equal(file, Path.GetFileName(error.File));
        return error;
    }

    private void ModelDirectoryError(string named) =>
        Assert.Contains(named, Assert.Throws<ModelException>(() => ModelDirectory.LoadDecoder(_directory.Path, CPU)).Message);
}
