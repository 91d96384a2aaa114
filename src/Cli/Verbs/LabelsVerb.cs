using System.CommandLine;
using Reflux.Cli.Labels;
using Reflux.Cli.Output;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Records;
using Reflux.Models.Tokenizers;
using Reflux.Silo.Offline;
using Reflux.Silo.Options;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux labels`: what label records say, and what their bytes are spent on.</summary>
internal static class LabelsVerb
{
    public static Command Create() => new("labels", """
        Look into label records: one record in a file, or what stands on the labels topic of a running broker, as partition:offset.

        Examples:
          reflux labels show 3:17
          reflux labels show 3:17 --output record.bin
          reflux labels stats 3:0..100
        """) { Show(), Statistics() };

    private static Command Show()
    {
        var source = new Argument<string>("source") { Description = "FILE (a record or a dead letter), or partition:offset." };
        var text = new Option<bool>("--text") { Description = "Also the text of tokens; wants --tokenizer." };
        var tokenizer = new Option<DirectoryInfo?>("--tokenizer") { Description = "Model directory with the tokenizer that the record was written with." };
        var output = new Option<FileInfo?>("--output") { Description = "Write the record's bytes there instead." };
        var (kafka, data, set, json) = (Kafka(), Data(), SettingOptions.Set(), CommonOptions.Json());
        var command = new Command("show", """
            Show one label record: token ids only, unless --text is given.

            Examples:
              reflux labels show 3:17 --data ./data
              reflux labels show record.bin --json
              reflux labels show 3:17 --text --tokenizer samples/helpdesk/teacher
            """) { source, text, tokenizer, output, kafka, data, set, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(text) && result.GetValue(tokenizer) is null)
            {
                result.AddError("--text wants --tokenizer DIRECTORY");
            }

            if (result.GetValue(text) && result.GetValue(json))
            {
                result.AddError("name either --text or --json");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var name = parsed.GetRequiredValue(source);
            var bytes = await Source(parsed.GetValue(kafka), parsed.GetRequiredValue(data), parsed.GetValue(set)!).ReadAsync(name, cancellation);
            if (parsed.GetValue(output) is { } file)
            {
                await File.WriteAllBytesAsync(file.FullName, bytes, cancellation);
                return ExitCodes.Done;
            }

            var record = Decoded(name, () => LabelRecordCodec.Decode(bytes));
            var words = parsed.GetValue(text) ? LoadTokenizer(parsed.GetValue(tokenizer)!.FullName, record.TokenizerHash) : null;
            if (parsed.GetValue(json))
            {
                Printer.Json(LabelRecordDocument.Of(record));
            }
            else
            {
                LabelRecordPrinter.Print(record, bytes.Length, words);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Statistics()
    {
        var sources = new Argument<string[]>("sources") { Description = "FILE…, or partition[:from..to], to excluded.", Arity = ArgumentArity.OneOrMore };
        var (kafka, data, set, json) = (Kafka(), Data(), SettingOptions.Set(), CommonOptions.Json());
        var command = new Command("stats", """
            What label records are made of: bytes by part, ids a position, the tail's mass, a histogram of entropy. Records that do not decode
            are counted and left out; the exit code is 1 then.

            Examples:
              reflux labels stats record.bin
              reflux labels stats 3:100..200 --data ./data --json
              reflux labels stats 3 --kafka broker1:9092
            """) { sources, kafka, data, set, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (source, statistics) = (Source(parsed.GetValue(kafka), parsed.GetRequiredValue(data), parsed.GetValue(set)!), new LabelStatistics());
            RefluxException? first = null;
            foreach (var name in parsed.GetRequiredValue(sources))
            {
                await foreach (var bytes in source.ReadAllAsync(name, cancellation))
                {
                    try
                    {
                        statistics.Add(bytes);
                    }
                    catch (DecodeException poison)
                    {
                        statistics.AddInvalid();
                        first ??= Invalid(name, poison);
                    }
                }
            }

            var report = statistics.Report();
            if (report.Records == 0 && first is not null)
            {
                throw first;
            }

            if (parsed.GetValue(json))
            {
                Printer.Json(report);
            }
            else
            {
                LabelRecordPrinter.Print(report);
            }

            if (first is not null)
            {
                Console.Error.WriteLine($"reflux: {report.Invalid} records do not decode and are left out; the first: {first.Message}");
            }

            return first is null ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static LabelSource Source(string? kafka, string data, string[] set) =>
        new(LogSettings.Read(new SettingOptions().Add("Kafka:BootstrapServers", kafka).AddAll(set).ToArguments()), data);

    private static Option<string?> Kafka() => new("--kafka") { Description = "Bootstrap servers; default: the embedded broker of --data." };

    private static Option<string> Data() => new("--data") { Description = "The silo's data directory.", DefaultValueFactory = _ => new SiloSettings().Data };

    private static T Decoded<T>(string source, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (DecodeException error)
        {
            throw Invalid(source, error);
        }
    }

    private static RefluxException Invalid(string source, DecodeException error) => new(
        error.Code, $"{source} holds no valid label record: {error.Message}", "Name a file with the bytes of one label record, as --output writes it, or partition:offset.", error);

    private static Tokenizer LoadTokenizer(string directory, string hash)
    {
        var tokenizer = Tokenizer.Load(Path.Combine(directory, "tokenizer.json"));
        return tokenizer.Hash == hash
            ? tokenizer
            : throw new RefluxException(
                ErrorCodes.ModelInvalid,
                $"{directory} has another tokenizer ({tokenizer.Hash}) than the record was written with ({hash}).",
                "Name the directory of the lane's teacher, or of a model with the same tokenizer.");
    }
}
