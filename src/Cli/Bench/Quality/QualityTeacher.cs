using Reflux.Distillation.Labels;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using Reflux.Samples.Helpdesk.Paraphrases;
using static TorchSharp.torch;

namespace Reflux.Cli.Bench.Quality;

/// <summary>Makes the comparison's teacher: a tokenizer and a decoder that learns the sample's paraphrases by cross-entropy.</summary>
internal static class QualityTeacher
{
    private const ulong Seed = 20;
    private const int TokenizerCases = 4000;
    private const int ProgressEvery = 100;

    /// <summary>Trains on the calling thread and writes a model directory.</summary>
    public static void Train(QualityTask task, string directory, Device device, TextWriter progress, CancellationToken cancellation)
    {
        var cases = new ParaphraseGenerator(Seed);
        var tokenizer = BpeTrainer.Train(
            Enumerable.Range(0, TokenizerCases).Select(i => cases.At(i)).SelectMany(each => (string[])[each.Message, each.Answer]), task.VocabularySize, PromptTemplate.SpecialTokens);
        var end = tokenizer.IdOf(PromptTemplate.EndToken)!.Value;
        var config = task.Teacher(tokenizer.VocabularySize) with { EosTokenIds = [end] };
        using var learner = new StudentLearner(CausalDecoder.CreateFresh(config, Seed, device), task.Training(task.TeacherSteps), temperature: 1);
        for (var step = 0; step < task.TeacherSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = (long)step * task.SequencesPerStep;
            var result = learner.Train([.. Enumerable.Range(0, task.SequencesPerStep).Select(i =>
            {
                var each = cases.At(first + i);
                var prompt = PromptTemplate.Default.Encode(tokenizer, each.Message);
                return HardLabels.Of([.. prompt, .. tokenizer.Encode(each.Answer), end], prompt.Length);
            })]);
            if ((step + 1) % ProgressEvery == 0)
            {
                progress.WriteLine($"teacher, step {step + 1} of {task.TeacherSteps}: cross-entropy {result.Loss:0.000}");
            }
        }

        ModelDirectory.Write(directory, learner.Decoder, ScalarType.Float32, tokenizer, PromptTemplate.Default);
    }
}
