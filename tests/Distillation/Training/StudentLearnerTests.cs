using Reflux.Contracts.Definitions;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Generation;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Training;

public sealed class StudentLearnerTests
{
    private const int Vocabulary = 23;

    private static readonly ModelConfig Config = new()
    {
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 1,
        Heads = 2,
        KeyValueHeads = 1,
        HeadDim = 16,
        VocabularySize = Vocabulary,
        MaxPositions = 32,
        TieWordEmbeddings = true,
    };

    [Fact]
    public void A_deterministic_teacher_is_followed_when_generating()
    {
        using var learner = Learner(new TrainingSpec { LearningRate = 0.01, RowTokens = 32 });
        for (var step = 0; step < 120; step++)
        {
            learner.Train([.. Enumerable.Range(0, 8).Select(i => Chain(((step * 8) + i) % Vocabulary, 2, 8))]);
        }

        int[][] prompts = [.. Enumerable.Range(0, Vocabulary).Select(first => Chain(first, 2, 1).Tokens[..2])];
        var answers = TextGenerator.Generate(learner.Decoder, prompts, 6, [], TextGenerator.Greedy, CancellationToken.None);

        // labels off by one position would teach another function of the token before
        Assert.All(answers.Zip(prompts), pair => Assert.Equal(Chain(pair.Second[0], 2, 6).Tokens[2..], pair.First));
    }

    [Fact]
    public void Packing_does_not_change_what_is_learnt()
    {
        LabelledSequence[] sequences = [.. Enumerable.Range(0, 7).Select(i => Chain(i, 1 + (i % 3), 3 + i))];
        using var packed = Learner(new TrainingSpec { RowTokens = 30 });
        using var alone = Learner(new TrainingSpec { RowTokens = 2 });

        var (one, other) = (packed.Train(sequences), alone.Train(sequences));

        Assert.Equal(other.Loss, one.Loss, 1e-5);
        Assert.Equal(other.GradientNorm, one.GradientNorm, 1e-5);
        foreach (var (name, parameter) in packed.Decoder.Parameters)
        {
            Assert.True((parameter - alone.Decoder.Parameters[name]).abs().max().item<float>() < 1e-5, name);
        }
    }

    [Fact]
    public void A_step_that_is_not_finite_leaves_weights_and_optimizer_as_they_were()
    {
        using var learner = Learner(new TrainingSpec());
        learner.Train([Chain(1, 2, 4)]);
        using var scope = NewDisposeScope();
        var weights = learner.CopyWeights(ScalarType.Float32);
        var poisoned = learner.Decoder.Parameters.First(parameter => parameter.Key.Contains("norm")).Value;
        using (no_grad())
        {
            poisoned.fill_(float.NaN);
        }

        var failure = Assert.Throws<NonFiniteStepException>(() => learner.Train([Chain(1, 2, 4)]));

        Assert.Contains("Step 2", failure.Message);
        Assert.Equal(1, learner.Step);
        var untouched = learner.Decoder.Parameters.Single(parameter => parameter.Key.Contains("embed"));
        Assert.True(untouched.Value.eq(weights[untouched.Key]).all().item<bool>());
    }

    private static StudentLearner Learner(TrainingSpec spec) => new(CausalDecoder.CreateFresh(Config, 5, CPU), spec, 1);

    /// <summary>x_t = 5·x_{t−1} + 3 mod V, labelled with certainty.</summary>
    private static LabelledSequence Chain(int first, int promptLength, int labelled)
    {
        var tokens = new int[promptLength + labelled];
        tokens[0] = first;
        for (var i = 1; i < tokens.Length; i++)
        {
            tokens[i] = ((5 * tokens[i - 1]) + 3) % Vocabulary;
        }

        return LabelledSequences.At(first) with
        {
            Tokens = tokens,
            PromptLength = promptLength,
            Labels = new SampledLabels
            {
                Offsets = [.. Enumerable.Range(0, labelled + 1)],
                Ids = tokens[promptLength..],
                Counts = [.. Enumerable.Repeat((ushort)LabelledSequences.Draws, labelled)],
                Entropy = new Half[labelled],
            },
        };
    }
}
