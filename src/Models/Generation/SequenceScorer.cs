using Reflux.Contracts.Errors;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Generation;

/// <summary>The log-probabilities that a model gives to sequences. They run end to end, and the logits of a few positions exist at a time.</summary>
public static class SequenceScorer
{
    private const int MostTokens = 8192;
    private const long MostLogits = 1 << 22;

    /// <summary>Scores every sequence.</summary>
    /// <param name="decoder">Only read.</param>
    /// <param name="requests">Of any lengths.</param>
    /// <param name="cancellationToken">Gives up between two forwards.</param>
    /// <returns>One score a request, in order.</returns>
    /// <exception cref="RefluxException">prompt-too-long: a sequence is longer than the context.</exception>
    public static IReadOnlyList<SequenceScore> Score(CausalDecoder decoder, IReadOnlyList<ScoringRequest> requests, CancellationToken cancellationToken)
    {
        foreach (ScoringRequest request in requests)
        {
            Check(decoder.Config, request);
        }

        SequenceScore[] scores = new SequenceScore[requests.Count];
        List<int> batch = [];
        int tokens = 0;
        foreach (int index in Enumerable.Range(0, requests.Count).OrderBy(index => requests[index].Tokens.Length))
        {
            int length = requests[index].Tokens.Length;
            if (batch.Count > 0 && tokens + length > MostTokens)
            {
                Flush();
            }

            batch.Add(index);
            tokens += length;
        }

        if (batch.Count > 0)
        {
            Flush();
        }

        return scores;

        void Flush()
        {
            cancellationToken.ThrowIfCancellationRequested();
            ScoreBatch(decoder, requests, batch, scores);
            batch.Clear();
            tokens = 0;
        }
    }

    private static void ScoreBatch(CausalDecoder decoder, IReadOnlyList<ScoringRequest> requests, List<int> batch, SequenceScore[] scores)
    {
        using var scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        List<long> rows = [];
        List<long> targets = [];
        int offset = 0;
        foreach (int index in batch)
        {
            int[] tokens = requests[index].Tokens;
            for (int t = requests[index].From; t < tokens.Length; t++)
            {
                rows.Add(offset + t - 1);
                targets.Add(tokens[t]);
            }

            offset += tokens.Length;
        }

        Tensor hidden = decoder.HiddenOf(new FlatSequences([.. batch.Select(index => requests[index].Tokens)]), cache: null);
        double[] logProbabilities = new double[rows.Count];
        int chunk = (int)Math.Max(1, MostLogits / decoder.Config.VocabularySize);
        for (int start = 0; start < rows.Count; start += chunk)
        {
            using var chunkScope = NewDisposeScope();
            int count = Math.Min(chunk, rows.Count - start);
            Tensor logits = decoder.Logits(hidden.index_select(0, tensor(rows.GetRange(start, count).ToArray(), device: decoder.Device)));
            Tensor precise = logits.dtype == ScalarType.Float64 ? logits : logits.to_type(ScalarType.Float32);
            Tensor chosen = precise.gather(1, tensor(targets.GetRange(start, count).ToArray(), [count, 1], device: decoder.Device)).squeeze(1);
            (chosen - precise.logsumexp(1)).to_type(ScalarType.Float64).cpu().data<double>().ToArray().CopyTo(logProbabilities, start);
        }

        int at = 0;
        foreach (int index in batch)
        {
            int scored = Math.Max(0, requests[index].Tokens.Length - requests[index].From);
            scores[index] = new SequenceScore(requests[index].From, logProbabilities[at..(at + scored)]);
            at += scored;
        }
    }

    private static void Check(ModelConfig config, ScoringRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.From, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfZero(request.Tokens.Length, nameof(request));
        if (request.Tokens.Length > config.MaxPositions)
        {
            throw new RefluxException(
                ErrorCodes.PromptTooLong,
                $"A sequence has {request.Tokens.Length} tokens; this model's context holds {config.MaxPositions}.",
                "Shorten the sequence, or use a model with a longer context.");
        }
    }
}
