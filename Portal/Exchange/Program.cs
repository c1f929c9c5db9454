await Yinxin.Exchange.ExchangeApp.Build(args).RunAsync();
