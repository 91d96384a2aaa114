using System.Text.Json;
using Reflux.Contracts;
using Spectre.Console;

namespace Reflux.Cli.Output;

/// <summary>Results on standard output: JSON for programs, tables for people.</summary>
internal static class Printer
{
    public static void Json<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, RefluxJson.Options));

    public static void JsonOr<T>(bool json, T value, Action<T> print)
    {
        if (json)
        {
            Json(value);
        }
        else
        {
            print(value);
        }
    }

    public static void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        // not Spectre's own console, which keeps the writer that it saw first
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            // a file or a pipe has no edge to cut lines at
            console.Profile.Width = 1000;
        }

        console.Write(table);
    }

    public static string Number(double? value, string format = "0.000") => value?.ToString(format, null) ?? "-";
}
