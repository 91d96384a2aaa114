using Reflux.Cli.Bench.Quality;
using Reflux.Cli.Output;

namespace Reflux.Cli.Bench;

/// <summary>What `reflux bench labels` measured; a part that was not measured is absent.</summary>
internal sealed record LabelsReport(IReadOnlyList<CodecSpeed>? Codec, ChunkedLossCost? ChunkedLoss, LabelQuality? Quality)
{
    private const double LeastEncoded = 2e6;
    private const double LeastDecoded = 5e6;
    private const double MostPeakBytesRatio = 0.15;
    private const double MostTimeRatio = 0.85;
    private const double MostGradError = 1e-5;

    /// <summary>The bars that the figures miss.</summary>
    public IReadOnlyList<string> Missed =>
    [
        .. (Codec ?? []).SelectMany(Of),
        .. Verdict.Miss(ChunkedLoss?.PeakBytesRatio > MostPeakBytesRatio, $"head and loss in chunks take {ChunkedLoss?.PeakBytesRatio:p1} of the naive memory, at most {MostPeakBytesRatio:p0} may be"),
        .. Verdict.Miss(ChunkedLoss?.TimeRatio > MostTimeRatio, $"head and loss in chunks take {ChunkedLoss?.TimeRatio:0.00} of the naive time, at most {MostTimeRatio:0.00} may be"),
        .. Verdict.Miss(ChunkedLoss is { MaxGradError: not <= MostGradError }, $"gradients of head and loss in chunks are {ChunkedLoss?.MaxGradError:0.0e0} off, at most {MostGradError:0e0} may be"),
        .. Quality?.Missed ?? [],
    ];

    /// <summary>Sizes have a bar each; speeds where training reads, which is draws.</summary>
    private static IEnumerable<string> Of(CodecSpeed codec)
    {
        var isTopK = codec.Kind == CodecBench.TopKKind;
        double most = isTopK ? 200 : codec.Vocab > 32_000 ? 34 : codec.Vocab > 2_048 ? 30 : 24;
        return
        [
            .. Verdict.Miss(codec.BytesPerToken > most, $"{codec.Kind} at {codec.Vocab} ids takes {codec.BytesPerToken:0.0} bytes a token, at most {most} may be"),
            .. Verdict.Miss(!isTopK && codec.EncodeTokensPerSecond < LeastEncoded, $"{codec.Kind} at {codec.Vocab} ids is encoded at {codec.EncodeTokensPerSecond / 1e6:0.0} M tokens/s, {LeastEncoded / 1e6:0} M are asked for"),
            .. Verdict.Miss(!isTopK && codec.DecodeTokensPerSecond < LeastDecoded, $"{codec.Kind} at {codec.Vocab} ids is decoded at {codec.DecodeTokensPerSecond / 1e6:0.0} M tokens/s, {LeastDecoded / 1e6:0} M are asked for"),
        ];
    }
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
