using Reflux.Models;
using Reflux.Models.Generation;
using Reflux.Samples.Helpdesk.Lines;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Samples.Helpdesk.Training;

/// <summary>Measures a teacher as stored, on messages that it has not seen.</summary>
internal static class TeacherMeasurement
{
    private const int BatchSize = 64;

    /// <summary>Longer than any routing line; the reply isn't needed to judge it.</summary>
    private const int RoutingTokens = 24;

    public static TeacherLineReport Measure(LanguageModel model, IReadOnlyList<HelpdeskCase> cases, CancellationToken ct)
    {
        var right = 0;
        double entropy = 0;
        double crossEntropy = 0;
        long positions = 0;
        foreach (var batch in cases.Chunk(BatchSize))
        {
            ct.ThrowIfCancellationRequested();
            right += CountRight(model, batch, ct);
            foreach (var targets in AnswerTargets.Pack([.. batch.Select(each => TeacherSequence.Of(model.Tokenizer, each))], rowTokens: 256))
            {
                using var scope = NewDisposeScope();
                using var noGrad = no_grad();
                var logProbabilities = nn.functional.log_softmax(targets.Logits(model.Decoder), dim: -1);
                entropy -= logProbabilities.exp().mul(logProbabilities).sum().item<float>();
                crossEntropy += targets.Loss(model.Decoder).item<float>();
                positions += targets.Count;
            }
        }
        var line = cases[0].Line;
        var times = cases.Sum(each => each.TimingEntropy);
        return new TeacherLineReport(
            line,
            cases.Count,
            right / (double)cases.Count,
            entropy / positions,
            (entropy - times) / positions,
            cases.Sum(each => each.AnswerEntropy) / positions,
            crossEntropy / positions);
    }

    private static int CountRight(LanguageModel model, HelpdeskCase[] batch, CancellationToken ct)
    {
        var prompts = batch.Select(each => model.Template.Encode(model.Tokenizer, each.Message)).ToArray();
        var answers = TextGenerator.Generate(model.Decoder, prompts, RoutingTokens, model.StopTokenIds, TextGenerator.Greedy, ct);
        return batch.Zip(answers).Count(pair => Routing.TryParse(model.Tokenizer.Decode(pair.Second)) == pair.First.Routing);
    }
}
