using Reflux.Cli.Bench.Quality;

namespace Reflux.Cli.Bench;

/// <summary>What `reflux bench labels` measured; a part that was not measured is absent.</summary>
internal sealed record LabelsReport(IReadOnlyList<CodecSpeed>? Codec, ChunkedLossCost? ChunkedLoss, LabelQuality? Quality)
{
    private const double MostPeakBytesRatio = 0.15;
    private const double MostGradError = 1e-5;

    /// <summary>The bars that the figures miss.</summary>
    public IReadOnlyList<string> Missed =>
    [
        .. ChunkedLoss is { PeakBytesRatio: > MostPeakBytesRatio and var peak } ? (string[])[FormattableString.Invariant($"head and loss in chunks take {peak:p1} of the naive memory, at most {MostPeakBytesRatio:p0} may be")] : [],
        .. ChunkedLoss is { MaxGradError: not <= MostGradError and var error } ? (string[])[FormattableString.Invariant($"gradients of head and loss in chunks are {error:0.0e0} off, at most {MostGradError:0e0} may be")] : [],
        .. Quality?.Missed ?? [],
    ];
}

/// <summary>Records of one label kind. Bytes are those of whole records per labelled position, without prompts and with two prompt tokens for each labelled one.</summary>
internal sealed record CodecSpeed(
    string Kind, int Vocab, double UniqueIds, double BytesPerToken, double BytesPerTokenWithPrompts, double EncodeTokensPerSecond, double DecodeTokensPerSecond);

/// <summary>
/// Head and loss in chunks, as shares of what log_softmax, gather and autograd take on the whole; gradients by max|Δ| / max|naive|. The reference ratios are against the
/// naive ones of PyTorch, absent where there is none.
/// </summary>
internal sealed record ChunkedLossCost(
    double PeakBytesRatio,
    double TimeRatio,
    double MaxGradError,
    double PeakBytes,
    double NaivePeakBytes,
    double Seconds,
    double NaiveSeconds,
    double Spread,
    double NaiveSpread,
    double? ReferencePeakBytesRatio,
    double? ReferenceTimeRatio);
