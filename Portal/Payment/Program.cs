await Yinxin.Payment.PaymentApp.Build(args).RunAsync();
