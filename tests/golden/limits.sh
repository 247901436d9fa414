#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=limits
#SBATCH --array=0
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --cpus-per-task=1
#SBATCH --mem=2M
apiVersion: batch/v1
kind: Job
metadata:
  name: limits
spec:
  backoffLimit: 6
  completionMode: NonIndexed
  completions: 1
  manualSelector: false
  parallelism: 1
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - sh
        - -c
        - exit 0
        image: busybox:1.36
        imagePullPolicy: IfNotPresent
        name: main
        resources:
          limits:
            cpu: 300m
            memory: "1048577"
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
