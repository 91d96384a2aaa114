using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Reflux.Contracts.Errors;
using Reflux.Models.Weights;
using Reflux.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Weights;

public class SafetensorsTests
{
    [Fact]
    public void Every_type_round_trips_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using TemporaryDirectory directory = new();
        Tensor numbers = tensor((float[])[1.5f, -2, 0, 3.25f, 100, -0.5f], [2, 3]);
        Dictionary<string, Tensor> written = new()
        {
            ["f32"] = numbers,
            ["f64"] = numbers.to_type(ScalarType.Float64),
            ["bf16"] = numbers.to_type(ScalarType.BFloat16).narrow(1, 0, 1),
            ["f16"] = numbers.to_type(ScalarType.Float16).t(),
            ["i64"] = tensor((long[])[long.MinValue, 5]),
            ["i32"] = tensor((int[])[-7]),
            ["bool"] = tensor((bool[])[true, false, true]),
            ["scalar"] = tensor(2.5f),
            ["none"] = zeros(0, 4),
        };
        string file = directory.File("x.safetensors");
        Write(file, written, new Dictionary<string, string> { ["b"] = "2", ["a"] = "ü" });

        IReadOnlyDictionary<string, Tensor> read = Safetensors.Read(file, CPU);
        scope.Attach(read.Values);

        Assert.Equal(written.Keys.Order(StringComparer.Ordinal), read.Keys);
        foreach ((string name, Tensor tensor) in written)
        {
            Assert.Equal(tensor.dtype, read[name].dtype);
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.Equal(tensor.contiguous().bytes.ToArray(), read[name].bytes.ToArray());
        }
    }

    [Fact]
    public void The_bytes_depend_on_the_tensors_only_and_every_tensor_is_aligned()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = new() { ["b"] = ones(3, ScalarType.BFloat16), ["a"] = ones(3), ["c"] = ones(1, ScalarType.Float64) };
        byte[] first = Bytes(tensors);
        byte[] second = Bytes(tensors.Reverse().ToDictionary(x => x.Key, x => x.Value));

        Assert.Equal(first, second);
        long header = BinaryPrimitives.ReadInt64LittleEndian(first);
        Assert.Equal(0, header % 8);
        SafetensorsHeader parsed = SafetensorsHeader.Parse("x", first.AsMemory(8, (int)header), first.Length - 8 - header);
        Assert.Equal(["c", "a", "b"], parsed.Entries.Select(entry => entry.Name));
        Assert.All(parsed.Entries, entry => Assert.Equal(0, entry.Begin % SafetensorsHeader.SizeOf(entry.Dtype)));
    }

    public static TheoryData<string, string> Attacks { get; } = new()
    {
        { "not an object", "[]" },
        { "space before the brace", """ {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""" },
        { "no JSON", "{\"a\":" },
        { "something after the object", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}x""" },
        { "a repeated tensor", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""" },
        { "a tensor repeated in another spelling", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[4,4]}}""" },
        { "a repeated field", """{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""" },
        { "a tensor that is no object", """{"a":[]}""" },
        { "no dtype", """{"a":{"shape":[1],"data_offsets":[0,4]}}""" },
        { "no shape", """{"a":{"dtype":"F32","data_offsets":[0,4]}}""" },
        { "no offsets", """{"a":{"dtype":"F32","shape":[1]}}""" },
        { "an unknown dtype", """{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""" },
        { "an unknown field", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""" },
        { "one offset", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}""" },
        { "three offsets", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""" },
        { "offsets turned round", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""" },
        { "a negative offset", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""" },
        { "a fractional offset", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0.5,4]}}""" },
        { "a gap at the start", """{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""" },
        { "a gap in the middle", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""" },
        { "an overlap", """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""" },
        { "two tensors in one place", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""" },
        { "data beyond the end", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""" },
        { "a tail", """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""" },
        { "nothing but a tail", "{}" },
        { "a shape that disagrees", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""" },
        { "a negative length", """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""" },
        { "a shape that overflows to the right size", """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""" },
        { "an overflow beside a zero", """{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""" },
        { "a number beyond 64 bits", """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""" },
        { "metadata that is no text", """{"__metadata__":{"a":1},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""" },
        { "nested metadata", """{"__metadata__":{"a":{}},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""" },
        { "metadata that is no object", """{"__metadata__":"a","b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""" },
        { "deep nesting", "{\"a\":" + new string('[', 100_000) },
        { "a lone surrogate", """{"\ud800":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void A_malformed_header_is_refused(string attack, string header)
    {
        Assert.NotEmpty(attack);
        ModelException error = Assert.Throws<ModelException>(() => ReadBytes(FileOf(Encoding.UTF8.GetBytes(header), 4)));

        Assert.True(error.Code is ErrorCodes.ModelInvalid || (error.Code is ErrorCodes.ModelUnsupported && attack.StartsWith("an unknown", StringComparison.Ordinal)));
        Assert.EndsWith(".safetensors", error.File);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void The_same_header_without_a_fault_is_read()
    {
        ReadBytes(FileOf(Encoding.UTF8.GetBytes("""{"__metadata__":{"a":"1"},"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]},"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}   """), 4));
    }

    [Fact]
    public void Lengths_that_lie_are_refused_without_being_believed()
    {
        Assert.Throws<ModelException>(() => ReadBytes([]));
        Assert.Throws<ModelException>(() => ReadBytes([1, 2, 3]));
        Assert.Throws<ModelException>(() => ReadBytes(new byte[8]));
        foreach (ulong length in (ulong[])[ulong.MaxValue, 1ul << 63, 100_000_001, 100_000_000, 3])
        {
            byte[] file = new byte[10];
            BinaryPrimitives.WriteUInt64LittleEndian(file, length);
            Assert.Throws<ModelException>(() => ReadBytes(file));
        }
    }

    [Fact]
    public void A_header_that_is_not_utf8_is_refused()
    {
        byte[] header = Encoding.Latin1.GetBytes("""{"é":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""");

        Assert.Contains("UTF-8", Assert.Throws<ModelException>(() => ReadBytes(FileOf(header, 4))).Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Numbers_that_are_none_are_refused_by_the_name_of_their_tensor(float value)
    {
        using var scope = NewDisposeScope();
        byte[] file = Bytes(new Dictionary<string, Tensor> { ["good"] = ones(2), ["bad.weight"] = tensor((float[])[1, value]).to_type(ScalarType.BFloat16) });

        Assert.Contains("'bad.weight'", Assert.Throws<ModelException>(() => ReadBytes(file)).Message);
    }

    [Fact]
    public void Random_bytes_give_nothing_but_the_typed_error()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>().Filter(bytes => bytes is not null), IsReadOrRefused).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Random_damage_to_a_good_file_gives_nothing_but_the_typed_error()
    {
        using var scope = NewDisposeScope();
        byte[] good = Bytes(new Dictionary<string, Tensor> { ["a.weight"] = ones(2, 2), ["b.weight"] = ones(3, ScalarType.BFloat16) });
        Gen<byte[]> damaged =
            from position in Gen.Choose(0, good.Length - 1)
            from value in Gen.Choose(0, 255)
            from length in Gen.Choose(0, 3 * good.Length)
            select Damage(good, position, (byte)value, Math.Min(length, good.Length));

        Prop.ForAll(damaged.ToArbitrary(), IsReadOrRefused).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static byte[] Damage(byte[] good, int position, byte value, int length)
    {
        byte[] bytes = [.. good];
        bytes[position] = value;
        return bytes[..length];
    }

    private static bool IsReadOrRefused(byte[] bytes)
    {
        try
        {
            ReadBytes(bytes);
            return true;
        }
        catch (ModelException)
        {
            return true;
        }
    }

    private static void ReadBytes(byte[] bytes)
    {
        using TemporaryDirectory directory = new();
        using var scope = NewDisposeScope();
        string file = directory.File("x.safetensors");
        File.WriteAllBytes(file, bytes);
        scope.Attach(Safetensors.Read(file, CPU).Values);
    }

    private static byte[] FileOf(byte[] header, int dataLength)
    {
        byte[] file = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        return file;
    }

    private static byte[] Bytes(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using MemoryStream stream = new();
        Safetensors.Write(stream, tensors);
        return stream.ToArray();
    }

    private static void Write(string file, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using FileStream stream = File.Create(file);
        Safetensors.Write(stream, tensors, metadata);
    }
}
