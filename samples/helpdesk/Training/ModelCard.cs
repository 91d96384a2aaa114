using System.Globalization;
using System.Text;

namespace Reflux.Samples.Helpdesk.Training;

/// <summary>The MODEL_CARD.md of a teacher: what it is, its data, its figures, how to make it again.</summary>
internal static class ModelCard
{
    public const string FileName = "MODEL_CARD.md";

    public static string Write(TrainTeacherOptions options, TeacherReport report)
    {
        var rows = new StringBuilder();
        foreach (var line in report.Lines)
        {
            rows.Append(CultureInfo.InvariantCulture, $"| {line.Line} | {line.Messages} | {100 * line.RoutingAccuracy:F1} % | {line.Entropy:F3} | {line.EntropyWithoutTimes:F3} | {line.TrueEntropy:F3} | {line.CrossEntropy:F3} |\n");
        }
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Helpdesk teacher

            A {report.Parameters:N0}-parameter Llama-architecture decoder that routes support messages and writes a short reply. It is the teacher of
            `./reflux demo`: small enough to answer live on two CPU cores, uncertain enough that its answers are worth distilling. It is a sample,
            not an assistant: it knows nothing but its grammar.

            | | |
            | --- | --- |
            | shape | {options.Layers} layers, hidden {options.HiddenSize}, feed-forward {options.IntermediateSize}, {options.Heads} heads ({options.KeyValueHeads} key/value), tied embedding, bf16 |
            | tokenizer | byte-level BPE, digits apart, learnt from {options.TokenizerMessages:N0} messages and their answers |
            | turns | `<|user|>message<|assistant|>answer<|end|>` |
            | licence | MIT, as the repository |

            ## Data

            All text comes from the grammar in `samples/helpdesk/Lines` (two product lines: kitchen appliances and the connected home), seed {options.Seed};
            nothing was collected or copied. A message determines intent, product and urgency; the reply's wording is free, each choice with a usual
            alternative of probability 0.64. {report.Sequences:N0} messages, both lines in turn, each seen once ({report.Tokens:N0} tokens); the loss is on answers only.

            ## Measured on unseen messages

            On the stored bf16 weights, on messages of another seed that were not trained on. Routing: all three fields right, greedy. Entropies are nats
            for each answer token, the end token included; answers hold no numbers, dates of the calendar or names, and "without times" also leaves out words such as "today".

            | line | messages | routing right | teacher entropy | without times | grammar, without times | cross-entropy |
            | --- | --- | --- | --- | --- | --- | --- |
            {rows}
            ## Make it again

            ```
            ./reflux train-teacher --out teacher --seed {options.Seed} --threads {options.Threads}
            ```

            {report.Steps:N0} steps of {options.SequencesPerStep} messages, AdamW (0.9, 0.95), learning rate {options.LearningRate} after {options.WarmupSteps} steps, cosine down to a fiftieth, gradients clipped at norm 1.
            The last 50 steps had a mean loss of {report.FinalLoss:F3}. The same options, thread count, libtorch, BLAS and instruction set give the same bytes; another
            machine gives a teacher as good with other bits.

            """);
    }
}
