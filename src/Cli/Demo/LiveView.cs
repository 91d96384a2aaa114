using Spectre.Console;

namespace Reflux.Cli.Demo;

/// <summary>One line of the live figures.</summary>
internal sealed record DemoFigures(
    double Seconds, string Phase, long Prompts, long LabelRecords, double BytesPerToken, long Backlog, long TrainedTokens, long Steps, double TokensPerSecond, double Loss, double? Acceptance, long Snapshots);

/// <summary>Shows the figures as they change: a table in a terminal, plain lines elsewhere.</summary>
internal abstract class LiveView
{
    public static LiveView Create() => Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive ? new Lines() : new LiveTable();

    /// <summary>A step of the demo that a reader should know of.</summary>
    public abstract void Say(string message);

    public abstract void Show(DemoFigures figures);

    /// <summary>Runs <paramref name="body"/> while the view is on the screen.</summary>
    public abstract Task RunAsync(Func<Task> body);

    private static (string Name, string Value)[] Cells(DemoFigures now) =>
    [
        ("prompts in", $"{now.Prompts}"),
        ("label records", $"{now.LabelRecords}"),
        ("bytes a labelled token", $"{now.BytesPerToken:0.0}"),
        ("backlog, records", $"{now.Backlog}"),
        ("trained tokens", $"{now.TrainedTokens}"),
        ("steps", $"{now.Steps}"),
        ("tokens/s", $"{now.TokensPerSecond:0}"),
        ("loss", $"{now.Loss:0.000}"),
        ("holdout α", now.Acceptance is { } alpha ? $"{alpha:0.000}" : "-"),
        ("snapshots", $"{now.Snapshots}"),
    ];

    private sealed class Lines : LiveView
    {
        private static readonly double Every = 5;
        private double _next;

        public override void Say(string message) => Console.Out.WriteLine($"demo: {message}");

        public override void Show(DemoFigures figures)
        {
            if (figures.Seconds < _next)
            {
                return;
            }

            _next = figures.Seconds + Every;
            Console.Out.WriteLine($"{figures.Seconds,5:0} s  {figures.Phase}  {string.Join("  ", Cells(figures).Select(cell => $"{cell.Name} {cell.Value}"))}");
        }

        public override Task RunAsync(Func<Task> body) => body();
    }

    private sealed class LiveTable : LiveView
    {
        private readonly List<string> _messages = [];
        private LiveDisplayContext? _display;
        private DemoFigures? _figures;

        public override void Say(string message)
        {
            _messages.Add(message);
            Draw();
        }

        public override void Show(DemoFigures figures)
        {
            _figures = figures;
            Draw();
        }

        public override async Task RunAsync(Func<Task> body)
        {
            await AnsiConsole.Live(new Text(string.Empty)).StartAsync(async display =>
            {
                _display = display;
                await body();
            });
            _display = null;
        }

        private void Draw()
        {
            if (_display is null)
            {
                _messages.ForEach(AnsiConsole.WriteLine);
                _messages.Clear();
                return;
            }

            var table = new Table().Border(TableBorder.Rounded).Title("Reflux demo").HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned());
            if (_figures is { } now)
            {
                table.Title($"Reflux demo   {now.Seconds:0} s   {Markup.Escape(now.Phase)}");
                foreach (var (name, value) in Cells(now))
                {
                    table.AddRow(Markup.Escape(name), Markup.Escape(value));
                }
            }

            var messages = _messages.TakeLast(6).Select(message => new Text(message, new Style(Color.Grey)));
            _display.UpdateTarget(new Rows([table, .. messages]));
        }
    }
}
