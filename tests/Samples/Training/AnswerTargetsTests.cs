using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Samples.Helpdesk.Training;
using static TorchSharp.torch;

namespace Reflux.Samples.Tests.Training;

public sealed class AnswerTargetsTests
{
    private static readonly ModelConfig Config = new()
    {
        HiddenSize = 16, IntermediateSize = 32, Layers = 2, Heads = 2, KeyValueHeads = 1, HeadDim = 8, VocabularySize = 50, MaxPositions = 64, TieWordEmbeddings = true,
    };

    private static readonly TeacherSequence[] Sequences =
    [
        new([1, 5, 9, 20, 21, 3], 3),
        new([1, 6, 30, 31, 3], 2),
        new([1, 7, 8, 10, 11, 12, 40, 3], 6),
    ];

    [Fact]
    public void PackingDoesNotChangeTheLoss()
    {
        using var scope = NewDisposeScope();
        using var decoder = CausalDecoder.CreateFresh(Config, 1, CPU);
        var packed = AnswerTargets.Pack(Sequences, rowTokens: 32);
        var alone = Sequences.Sum(sequence => AnswerTargets.Pack([sequence], rowTokens: 32).Sum(targets => targets.Loss(decoder).item<float>()));
        Assert.Equal(alone, packed.Sum(targets => targets.Loss(decoder).item<float>()), 1e-3);
        Assert.Equal(3 + 3 + 2, packed.Sum(targets => targets.Count));
    }

    [Fact]
    public void ATokenIsPredictedByTheOneBeforeIt()
    {
        using var scope = NewDisposeScope();
        using var decoder = CausalDecoder.CreateFresh(Config, 2, CPU);
        var sequence = Sequences[0];
        var ids = tensor(sequence.Tokens.Select(id => (long)id).ToArray()).reshape(1, -1);
        var length = sequence.Tokens.Length;
        var mask = ones(length, length, dtype: ScalarType.Bool).tril().reshape(1, 1, length, length);
        var all = nn.functional.log_softmax(decoder.Logits(decoder.Hidden(ids, arange(length, dtype: ScalarType.Int64).reshape(1, -1), mask)), dim: -1);
        var expected = 0.0;
        for (var t = sequence.PromptLength; t < length; t++)
        {
            expected -= all.select(1, t - 1).select(1, sequence.Tokens[t]).item<float>();
        }
        Assert.Equal(expected, AnswerTargets.Pack([sequence], rowTokens: 32).Single().Loss(decoder).item<float>(), 1e-3);
    }
}
