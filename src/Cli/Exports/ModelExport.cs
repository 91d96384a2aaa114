using Reflux.Contracts.Errors;
using Reflux.Models;
using Reflux.Models.Adapters;
using Reflux.Models.Gguf;
using TorchSharp;

namespace Reflux.Cli.Exports;

/// <summary>The forms in which a model can be taken away.</summary>
internal static class ModelExport
{
    public const string HuggingFace = "hf";
    public const string Peft = "peft";
    public const string Gguf = "gguf";

    public static string[] Formats { get; } = [HuggingFace, Peft, Gguf];

    public static string[] Types { get; } = [.. GgufTypeNames.All];

    /// <summary>Loads a model and writes it in another form.</summary>
    /// <param name="directory">The model.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="type">One of <see cref="Types"/>, or null for the form's own.</param>
    /// <param name="to">What to make.</param>
    /// <param name="baseModel">What an adapter's base is called where it will be loaded; only for <see cref="Peft"/>.</param>
    /// <param name="device">Where the weights are meanwhile.</param>
    /// <param name="cancellation">Ends it between its steps; nothing is left behind.</param>
    public static ExportReport Run(string directory, string format, string? type, string to, string? baseModel, torch.Device device, CancellationToken cancellation)
    {
        using var target = format == Gguf ? ExportTarget.File(to) : ExportTarget.Folder(to);
        var report = format switch
        {
            HuggingFace => WriteDirectory(directory, type, to, target.Temporary, device, cancellation),
            Peft => WriteAdapter(directory, type, to, target.Temporary, baseModel!),
            _ => WriteGguf(directory, type ?? GgufType.F16.Name, to, target.Temporary, device, cancellation),
        };
        cancellation.ThrowIfCancellationRequested();
        target.Publish();
        return report;
    }

    private static ExportReport WriteDirectory(string directory, string? type, string to, string temporary, torch.Device device, CancellationToken cancellation)
    {
        using var model = LanguageModel.Load(directory, device);
        cancellation.ThrowIfCancellationRequested();
        var dtype = type is null ? model.Config.Dtype : Parse(type);
        if (dtype == torch.ScalarType.Float16)
        {
            CheckFitsFloat16(model, directory);
        }

        ModelDirectory.Write(temporary, model.Decoder, dtype, model.Tokenizer, model.HasTemplate ? model.Template : null, model.Generation, model.TokenNames);
        return new ExportReport(to, HuggingFace, NameOf(dtype), SizeOf(temporary), [], []);
    }

    private static void CheckFitsFloat16(LanguageModel model, string directory)
    {
        foreach (var (name, value) in model.Decoder.Parameters)
        {
            using var scope = torch.NewDisposeScope();
            if (value.abs().max().item<float>() > (float)Half.MaxValue)
            {
                throw new RefluxException(ErrorCodes.ModelUnsupported, $"{directory}: the tensor '{name}' holds numbers too large for f16", "export it as bf16 or f32");
            }
        }
    }

    private static ExportReport WriteAdapter(string directory, string? type, string to, string temporary, string baseModel)
    {
        var dtype = Parse(type ?? "f32");
        AdapterFile.WritePeft(directory, temporary, baseModel, dtype);
        return new ExportReport(to, Peft, NameOf(dtype), SizeOf(temporary), [], []);
    }

    private static ExportReport WriteGguf(string directory, string type, string to, string temporary, torch.Device device, CancellationToken cancellation)
    {
        using var model = LanguageModel.Load(directory, device);
        cancellation.ThrowIfCancellationRequested();
        using var stream = File.Create(temporary);
        var report = GgufFile.Write(stream, model, GgufTypeNames.Parse(type), Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))), cancellation);
        stream.Flush(flushToDisk: true);
        return new ExportReport(to, Gguf, type, report.Bytes, report.KeptF16, report.Differences);
    }

    private static long SizeOf(string directory) => Directory.EnumerateFiles(directory).Sum(file => new FileInfo(file).Length);

    private static torch.ScalarType Parse(string type) => type switch
    {
        "f16" => torch.ScalarType.Float16,
        "bf16" => torch.ScalarType.BFloat16,
        _ => torch.ScalarType.Float32,
    };

    private static string NameOf(torch.ScalarType dtype) => dtype switch
    {
        torch.ScalarType.Float16 => "f16",
        torch.ScalarType.BFloat16 => "bf16",
        torch.ScalarType.Float64 => "f64",
        _ => "f32",
    };
}
