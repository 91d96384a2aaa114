using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Distillation.Tests.Records;
using Reflux.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>
/// A teacher whose next token is a function of the last one, x_t = f(x_{t−1}), through sampler, codec, packing and loss: a student that
/// computes f has no loss, and anything off by one position has a large one.
/// </summary>
public class AlignmentTests
{
    private const int Vocabulary = 31;
    private const double Certain = 30;

    private static readonly int[][] Prompts = [[3, 1, 4], [7], [10, 2], [0, 0, 0, 5]];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    public void StudentThatComputesTheFunctionHasNoLoss(int shift, double crossEntropyWeight) =>
        Assert.InRange(Loss(shift, 0, crossEntropyWeight), -1e-4, 1e-4);

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(-1, 0, 1)]
    [InlineData(1, 0, 1)]
    public void AnythingOffByOnePositionIsSeen(int shiftOfRows, int shiftOfLabels, double crossEntropyWeight) =>
        Assert.True(Loss(shiftOfRows, shiftOfLabels, crossEntropyWeight) > 5);

    private static int Next(int token) => ((7 * token) + 5) % Vocabulary;

    private static double Loss(int shiftOfRows, int shiftOfLabels, double crossEntropyWeight)
    {
        using var scope = NewDisposeScope();
        var written = SampleRecords.Record(new Random(1), new LabelSpec(LabelKind.Sampled, 50, 1), [.. Prompts.Select((prompt, i) => Teach(prompt, 12, (ulong)i + 1, shiftOfLabels))]);
        var read = LabelRecordCodec.Decode(LabelRecordCodec.Encode(written), Vocabulary);

        var batch = Assert.Single(SequencePacker.Pack([.. read.Sequences.Select(sequence => sequence.Tokens)], rowTokens: 40));
        var sequences = batch.Sequences.Select(place => read.Sequences[place.Index]).ToArray();
        var rows = batch.Sequences
            .SelectMany((place, i) => Enumerable.Range(sequences[i].PromptLength, sequences[i].LabelledTokens)
                .Select(target => Math.Max(0, batch.PredictingRow(place, target) + shiftOfRows)))
            .ToArray();

        var student = Logits(batch.Ids.Select(id => Next((int)id))).index_select(0, tensor(rows));
        return ObjectiveRun.Of(student, SoftTargets.FromLabels(sequences), "forward_kl", crossEntropyWeight).Loss;
    }

    private static LabelledSequence Teach(int[] prompt, int answer, ulong id, int shiftOfLabels)
    {
        var tokens = prompt.ToList();
        for (var i = 0; i < answer; i++)
        {
            tokens.Add(Next(tokens[^1]));
        }

        // row t describes p(x_t | x_<t), that is f of the token before
        var described = Enumerable.Range(prompt.Length, answer).Select(t => Next(tokens[Math.Clamp(t - 1 + shiftOfLabels, 0, tokens.Count - 1)]));
        return SampledSequences.From(Logits(described), 50, sequence: id) with { Tokens = [.. tokens], PromptLength = prompt.Length };
    }

    private static Tensor Logits(IEnumerable<int> certain)
    {
        var ids = tensor(certain.Select(id => (long)id).ToArray()).unsqueeze(1);
        return zeros(ids.shape[0], Vocabulary).scatter(1, ids, full(ids.shape[0], 1, Certain, dtype: ScalarType.Float32));
    }
}
