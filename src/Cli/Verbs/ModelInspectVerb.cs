using System.CommandLine;
using System.Globalization;
using Reflux.Cli.Output;
using Reflux.Models;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux model inspect`: what a directory holds, without loading it.</summary>
internal static class ModelInspectVerb
{
    public static Command Create()
    {
        var directory = ModelVerb.Directory();
        var json = CommonOptions.Json();
        var command = new Command("inspect", """
            Show a model's architecture, its tensors, and the memory that it takes. Reads no weights: a large model takes as long as a small one.

            Examples:
              reflux model inspect samples/helpdesk/teacher
              reflux model inspect ./base --json
            """) { directory, json };
        command.SetAction(parsed =>
        {
            var inspection = ModelInspection.Of(parsed.GetRequiredValue(directory));
            if (parsed.GetValue(json))
            {
                Printer.Json(Summary(inspection));
            }
            else
            {
                Print(inspection);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static object Summary(ModelInspection inspection)
    {
        var config = inspection.Config;
        return new
        {
            config.Family,
            inspection.Parameters,
            Dtypes = Dtypes(inspection),
            inspection.StoredBytes,
            config.Layers,
            config.HiddenSize,
            config.IntermediateSize,
            config.Heads,
            config.KeyValueHeads,
            config.HeadDim,
            VocabularyRows = config.VocabularySize,
            config.MaxPositions,
            config.TieWordEmbeddings,
            config.SlidingWindow,
            config.RopeTheta,
            config.RopeScaling,
            Memory = new { inspection.TrainingBytes, inspection.ServingBytes, inspection.CacheBytesPerToken },
            inspection.Tensors,
        };
    }

    private static void Print(ModelInspection inspection)
    {
        var config = inspection.Config;
        (string Name, bool Holds)[] options =
        [
            (config.TieWordEmbeddings ? "tied head" : "untied head", true),
            ("biases on queries, keys and values", config.QueryKeyValueBias),
            ("a bias on attention's output", config.OutputBias),
            ("norms of queries and keys", config.QueryKeyNorm),
            ($"a window of {config.SlidingWindow} tokens from layer {config.FirstWindowedLayer}", config.SlidingWindow is not null),
            ("llama3 rope scaling", config.RopeScaling is not null),
        ];
        (string Name, string Value)[] lines =
        [
            ("architecture", $"{config.Family}: {config.Layers} layers of width {config.HiddenSize}, feed-forward {config.IntermediateSize}"),
            ("attention", $"{config.Heads} heads of width {config.HeadDim}, {config.KeyValueHeads} for keys and values"),
            ("options", string.Join(", ", options.Where(option => option.Holds).Select(option => option.Name))),
            ("vocabulary", $"{config.VocabularySize} rows"),
            ("context", $"{config.MaxPositions} tokens"),
            ("parameters", inspection.Parameters.ToString("N0", CultureInfo.InvariantCulture)),
            ("stored as", $"{string.Join(", ", Dtypes(inspection))}, {Size(inspection.StoredBytes)} in {inspection.Tensors.Select(tensor => tensor.File).Distinct().Count()} file(s)"),
            ("memory to train", $"{Size(inspection.TrainingBytes)} for parameters, gradients and AdamW's moments in float32; what a batch computes comes on top"),
            ("memory to serve", $"{Size(inspection.ServingBytes)} in float32, and {Size(inspection.CacheBytesPerToken)} for each token of each sequence"),
        ];
        foreach (var (name, value) in lines)
        {
            Console.Out.WriteLine($"{name,-16} {value}");
        }

        Console.Out.WriteLine();
        var width = inspection.Tensors.Max(tensor => tensor.Name.Length);
        foreach (var tensor in inspection.Tensors)
        {
            Console.Out.WriteLine($"{tensor.Name.PadRight(width)}  {tensor.Dtype,-4}  {tensor.File}  [{string.Join(", ", tensor.Shape)}]");
        }
    }

    private static IEnumerable<string> Dtypes(ModelInspection inspection) => inspection.Tensors.Select(tensor => tensor.Dtype).Distinct().Order(StringComparer.Ordinal);

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):0.0} KiB"),
        _ => $"{bytes} B",
    };
}
