using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Yinxin.ServiceDefaults.Problems;

/// <summary>RFC 9457 for machines; for people the app's own error page at <c>/error/{status}</c>, where it has one.</summary>
internal static class ProblemHandling
{
    public static IServiceCollection AddYinxinProblems(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, HtmlProblemWriter>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
            context.ProblemDetails.Extensions.Remove(ProblemException.AgainText);
            StatusProblems.Name(context.ProblemDetails);
        });
        services.AddExceptionHandler<ProblemExceptionHandler>();
        return services;
    }

    public static void UseYinxinProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }
}

internal sealed class ProblemExceptionHandler(IProblemDetailsService problems, ILogger<ProblemExceptionHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var details = Details(exception);
        if (details.Status >= 500 && exception is not ProblemException)
        {
            log.LogError(exception, "Unhandled error at {Method} {Path}", context.Request.Method, context.Request.Path);
        }

        context.Response.StatusCode = details.Status ?? 500;
        if (exception is ProblemException { RetryAfter: { } retryAfter })
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = details, Exception = exception });
    }

    private static ProblemDetails Details(Exception exception)
    {
        switch (exception)
        {
            case ProblemException known:
                var details = Build(known.Problem);
                foreach (var (key, value) in known.Extensions)
                {
                    details.Extensions[key] = value;
                }

                return details;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Build(new Problem("http.bodyTooLarge", 413, "提交的内容超过允许的大小。", "The request is larger than allowed."));
            case BadHttpRequestException bad:
                return Build(new Problem("http.badRequest", bad.StatusCode, "请求格式不正确。", "The request is malformed."));
            case DbException unavailable when IsReadOnlyOrFull(unavailable):
            case DbUpdateException { InnerException: DbException inner } when IsReadOnlyOrFull(inner):
                return Build(new Problem("storage.unavailable", 503, "数据暂时无法保存，请稍后再试；本次提交未生效。", "Data cannot be saved at the moment. Nothing of this request has taken effect; please try again later."));
            default:
                return Build(new Problem("http.internal", 500, "系统出现问题，请稍后再试。", "Something went wrong on our side. Please try again later."));
        }
    }

    /// <summary>SQLite: READONLY 8, IOERR 10, FULL 13, CANTOPEN 14. PostgreSQL: read-only transaction, out of resources, shutting down, connection lost.</summary>
    private static bool IsReadOnlyOrFull(DbException exception) => exception switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is 8 or 10 or 13 or 14,
        PostgresException postgres => postgres.SqlState is "25006" || postgres.SqlState.StartsWith("53", StringComparison.Ordinal) || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal),
        NpgsqlException npgsql => npgsql.IsTransient,
        _ => false,
    };

    private static ProblemDetails Build(Problem problem) => new()
    {
        Status = problem.Status,
        Title = problem.Text,
        Type = problem.Type,
        Extensions = { ["code"] = problem.Code },
    };
}
