using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// A query that is built and looked up once instead of each time it is asked, for what is asked for every token: the building costs more than the answer. The engine takes one model only for each,
/// and each database has its own.
/// </summary>
internal sealed class CompiledQuery<TParameter, TResult>(Expression<Func<IdentityContext, TParameter, IQueryable<TResult>>> query)
{
    private readonly ConditionalWeakTable<IModel, Func<IdentityContext, TParameter, IAsyncEnumerable<TResult>>> compiled = [];

    public async Task<List<TResult>> ToListAsync(IdentityContext database, TParameter parameter, CancellationToken cancellationToken)
    {
        List<TResult> results = [];
        await foreach (var result in compiled.GetValue(database.Model, _ => EF.CompileAsyncQuery(query))(database, parameter).WithCancellation(cancellationToken))
        {
            results.Add(result);
        }

        return results;
    }
}
