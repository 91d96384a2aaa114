using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Decoders;

internal static class TestModels
{
    public static ModelConfig Tiny { get; } = new()
    {
        HiddenSize = 12,
        IntermediateSize = 20,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 6,
        VocabularySize = 17,
        MaxPositions = 48,
        RmsNormEpsilon = 1e-5,
        RopeTheta = 100,
        EosTokenIds = [3],
    };

    /// <summary>A decoder whose weights are large enough for every term to matter, norms included.</summary>
    public static CausalDecoder Create(ModelConfig config, ulong seed = 7, ScalarType dtype = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        using Generator generator = new(seed, CPU);
        Dictionary<string, Tensor> parameters = [];
        foreach ((string name, long[] shape) in ParameterLayout.ShapesOf(config))
        {
            Tensor value = empty(shape, ScalarType.Float64).normal_(shape.Length == 1 ? 1 : 0, 0.4, generator);
            parameters.Add(name, value.to_type(dtype));
        }

        return CausalDecoder.FromParameters(config, parameters);
    }

    public static double[] Values(Tensor tensor) => tensor.detach().to_type(ScalarType.Float64).contiguous().data<double>().ToArray();

    public static Tensor Ids(params int[] ids) => torch.tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Length]);

    public static Tensor Positions(int length, int batch = 1) => arange(length, ScalarType.Int64).unsqueeze(0).expand(batch, length);

    public static Tensor CausalMask(int length, int batch = 1) => ones(length, length, ScalarType.Bool).tril().expand(batch, 1, length, length);

    /// <summary>Logits [T,V] of one sequence, uncached.</summary>
    public static double[] Logits(CausalDecoder decoder, params int[] ids)
    {
        using var scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        return Values(decoder.Logits(decoder.Hidden(Ids(ids), Positions(ids.Length), CausalMask(ids.Length))));
    }

    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}] expected {expected[i]:g10}, got {actual[i]:g10}");
        }
    }
}
