using Microsoft.Extensions.Logging;
using Orleans.Engine.Simulation;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>Warnings and errors of a process as events of the world.</summary>
internal sealed class TraceLoggers(SimulatedProcess process) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("events go to the trace");

    public ILogger CreateLogger(string categoryName) => new Logger(process);

    public void Dispose()
    {
    }

    private sealed class Logger(SimulatedProcess process) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                process.Note(exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception.GetType().Name}: {exception.Message}");
            }
        }
    }
}
