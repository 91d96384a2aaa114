using Reflux.Models.Tokenizers;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Samples.Helpdesk.Training;

/// <summary>The teacher's texts: an endless training stream, and held-out cases whose messages are not in it.</summary>
internal sealed class TeacherData(ulong seed)
{
    private static readonly ProductLine[] Lines = Enum.GetValues<ProductLine>();

    private readonly HelpdeskGenerator _training = new(seed);
    private readonly HashSet<string> _trained = new(StringComparer.Ordinal);
    private int _turn;

    /// <summary>Byte-level BPE over messages and answers of the training stream, digits apart.</summary>
    public Tokenizer TrainTokenizer(int messages, int vocabularySize)
    {
        var texts = Enumerable.Range(0, messages)
            .Select(i => _training.At(Lines[i % Lines.Length], i / Lines.Length))
            .SelectMany(each => (IEnumerable<string>)[each.Message, each.Answer]);
        return BpeTrainer.Train(texts, vocabularySize, ["<|pad|>", .. PromptTemplate.SpecialTokens], separateDigits: true);
    }

    /// <summary>The next training sequences, the lines taking turns.</summary>
    public IReadOnlyList<TeacherSequence> Next(Tokenizer tokenizer, int count)
    {
        var sequences = new TeacherSequence[count];
        for (var i = 0; i < count; i++)
        {
            var next = _training.Next(Lines[_turn++ % Lines.Length]);
            _trained.Add(next.Message);
            sequences[i] = TeacherSequence.Of(tokenizer, next);
        }
        return sequences;
    }

    /// <summary>Cases of one line from another seed, without any message that was trained on so far.</summary>
    public IReadOnlyList<HelpdeskCase> HeldOut(ProductLine line, int count)
    {
        var generator = new HelpdeskGenerator(~seed);
        return [.. Enumerable.Repeat(generator, int.MaxValue).Select(each => each.Next(line)).Where(each => !_trained.Contains(each.Message)).Take(count)];
    }
}
