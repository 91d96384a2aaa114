using Reflux.Models;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Evaluation;

/// <summary>A decoder of a few thousand random weights, sharp enough that its distributions differ from position to position.</summary>
internal static class TinyDecoder
{
    public const int Vocabulary = 40;

    public static ModelConfig Config(int vocabulary = Vocabulary) => new()
    {
        HiddenSize = 16,
        IntermediateSize = 32,
        Layers = 2,
        Heads = 2,
        KeyValueHeads = 1,
        HeadDim = 8,
        VocabularySize = vocabulary,
        MaxPositions = 64,
        RmsNormEpsilon = 1e-5,
        RopeTheta = 10_000,
        TieWordEmbeddings = true,
        EosTokenIds = [2],
    };

    public static CausalDecoder Create(ulong seed, int vocabulary = Vocabulary)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var decoder = CausalDecoder.CreateFresh(Config(vocabulary), seed, CPU);
        foreach (var parameter in decoder.Parameters.Values.Where(parameter => parameter.dim() == 2))
        {
            // whatever the initialisation: unit-scale activations and logits of a few units
            parameter.mul_(1.5 / parameter.square().mean().sqrt().mul(Math.Sqrt(parameter.shape[1])).item<float>());
        }

        return decoder;
    }

    /// <summary>float64 logits [T, V] of one sequence, without cache, packing or padding.</summary>
    public static Tensor Logits(CausalDecoder decoder, int[] tokens)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var length = tokens.Length;
        var mask = ones(length, length, dtype: ScalarType.Bool).tril().unsqueeze(0).unsqueeze(0);
        var hidden = decoder.Hidden(tensor(tokens.Select(token => (long)token).ToArray(), [1, length]), arange(length).unsqueeze(0), mask);
        return decoder.Logits(hidden).squeeze(0).to_type(ScalarType.Float64).MoveToOuterDisposeScope();
    }
}
